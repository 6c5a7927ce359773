//! What the operating system says of this process.

/// Returns figures by name: resident memory and open files, where the system tells them.
pub(super) fn figures() -> Vec<(&'static str, u64)> {
    let mut figures = Vec::new();
    figures.extend(resident_bytes().map(|bytes| ("resident_bytes", bytes)));
    figures.extend(open_files().map(|count| ("open_files", count)));
    figures
}

#[cfg(target_os = "linux")]
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}

#[cfg(target_os = "linux")]
fn open_files() -> Option<u64> {
    // The folder that is read is one of them.
    let count = std::fs::read_dir("/proc/self/fd").ok()?.count();
    u64::try_from(count.saturating_sub(1)).ok()
}

#[cfg(not(target_os = "linux"))]
fn resident_bytes() -> Option<u64> {
    None
}

#[cfg(not(target_os = "linux"))]
fn open_files() -> Option<u64> {
    None
}
