//! Files that must be whole or absent: private modes, durable renames, copies that overwrite nothing.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::lock::private_options;

/// Makes the data folder and sees to it that only its owner gets in.
pub(crate) fn prepare_folder(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    set_mode(dir, 0o700)
}

/// Sees to it that only its owner reads the file.
pub(crate) fn make_private(file: &Path) -> io::Result<()> {
    set_mode(file, 0o600)
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let found = fs::metadata(path)?.permissions().mode() & 0o777;
    // Somebody who made it stricter keeps that.
    if found & !mode == 0 { Ok(()) } else { fs::set_permissions(path, fs::Permissions::from_mode(mode)) }
}

#[cfg(not(unix))]
fn set_mode(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

/// Copies `from` to `to`, which must not exist, and returns when the copy is on the disk.
pub(crate) fn copy_durably(from: &Path, to: &Path) -> io::Result<u64> {
    let mut source = File::open(from)?;
    let mut target = private_options().write(true).create_new(true).open(to)?;
    let copied = io::copy(&mut source, &mut target).and_then(|bytes| {
        target.sync_all()?;
        Ok(bytes)
    });
    if copied.is_err() {
        let _ = fs::remove_file(to);
    }
    let bytes = copied?;
    sync_folder_of(to)?;
    Ok(bytes)
}

/// Gives `from` the name `to`, which must not exist, and returns when that is on the disk.
pub(crate) fn rename_durably(from: &Path, to: &Path) -> io::Result<()> {
    // A hard link fails where a rename would silently replace.
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from)?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        // Some file systems know no links; there the check comes before the rename.
        Err(_) if !fs::exists(to)? => fs::rename(from, to)?,
        Err(_) => return Err(io::ErrorKind::AlreadyExists.into()),
    }
    sync_folder_of(to)
}

/// Puts the names in a file's folder on the disk.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Returns `path` with `suffix`, or with the first number after it that is free.
pub(crate) fn free_name(path: &Path, suffix: &str) -> io::Result<PathBuf> {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    let mut candidate = PathBuf::from(name.clone());
    let mut number = 2;
    while fs::exists(&candidate)? {
        let mut numbered = name.clone();
        numbered.push(format!("-{number}"));
        candidate = PathBuf::from(numbered);
        number += 1;
    }
    Ok(candidate)
}
