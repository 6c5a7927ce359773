//! A file that a person names, or standard input: its text, and never more of it than makes sense.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::output::CommandError;

/// Returns the text of `path`, `-` being standard input.
///
/// # Errors
/// [`CommandError`] naming the file when it cannot be read, is longer than `bytes_max`, or is no UTF-8.
pub(super) fn text_of(path: &Path, bytes_max: usize) -> Result<String, CommandError> {
    let name = name_of(path);
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => CommandError::NotFound(format!("{name}: there is no such file")),
        _ => CommandError::Failed(format!("{name}: {error}")),
    };
    let mut bytes = Vec::new();
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    let read = if path.as_os_str() == "-" {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    read.map_err(failed)?;
    if bytes.len() > bytes_max {
        return Err(CommandError::Usage(format!("{name}: more than {bytes_max} bytes are not read")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        CommandError::Usage(format!("{name}: line {line}: expected text in UTF-8"))
    })
}

/// Returns what the file is called in messages.
pub(super) fn name_of(path: &Path) -> String {
    if path.as_os_str() == "-" {
        "standard input".into()
    } else {
        super::text::plain(&path.to_string_lossy())
    }
}
