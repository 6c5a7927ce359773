//! Places in this repository.

use std::path::{Path, PathBuf};

/// Returns the repository's root folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Returns the released program: `DATELINE_BIN`, else `target/release/dateline`.
///
/// # Panics
/// When it has not been built.
pub fn program() -> PathBuf {
    let path = std::env::var_os("DATELINE_BIN")
        .map_or_else(|| root().join("target/release/dateline"), PathBuf::from);
    assert!(path.is_file(), "{} is missing: build it with `cargo build --release`", path.display());
    path
}

/// Returns every file under the crates that `git` knows or would add, as paths relative to the root, sorted.
///
/// # Panics
/// When git cannot be asked.
pub fn files() -> Vec<String> {
    let output = std::process::Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut files: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    files.retain(|file| root().join(file).is_file());
    files.sort();
    files
}
