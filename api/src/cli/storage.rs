//! `dateline storage`: how large the store is, and making it smaller.

use clap::{Args, Subcommand};
use dateline_openapi::{calls, types};

use super::output::CommandError;
use super::server::{ServerArgs, Session};
use super::table::sheet;
use super::when::lasted;

const EXAMPLES: &str = "\
Examples:
  dateline storage show
  dateline storage compact

For admins. How long records are kept is set by `dateline settings set --keep-...`.";

/// Show how large the store is, and make it smaller
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Storage {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Show the file, what of it is in use, and how it grows
    Show,
    /// Give back what of the file is free; everything else waits meanwhile
    Compact,
}

impl Storage {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let Self { verb, server } = self;
        server.run(async |session| match verb {
            Verb::Show => session.show(&calls::GetStorage, whole).await,
            Verb::Compact => session.show(&calls::CompactStorage, compacted).await,
        })
    }
}

fn whole(_: &Session, storage: &types::Storage) -> String {
    let growth = storage.growth.as_ref();
    let seen = |growth: &types::Growth| format!("as over {} days", growth.observed_days);
    sheet([
        ("file", Some(size(storage.file_bytes))),
        ("in use", Some(size(storage.used_bytes))),
        ("free", Some(format!("{} ({} %)", size(storage.free_bytes), free_percent(storage)))),
        ("runs", Some(storage.executions.to_string())),
        ("drafts", Some(storage.drafts.to_string())),
        (
            "removed when over",
            Some(if storage.is_cleaned_up { "yes" } else { "no: no CLEANUP job is enabled" }.into()),
        ),
        ("grows", growth.map(|it| format!("{} a day, {}", size(it.bytes_per_day), seen(it)))),
        (
            "settles at",
            growth.map(|it| format!("{} of runs, when what is over is removed", size(it.settles_at_bytes))),
        ),
    ])
}

fn compacted(_: &Session, done: &types::Compaction) -> String {
    format!("{} became {} in {}", size(done.bytes_before), size(done.bytes_after), lasted(done.took_ms))
}

/// Returns how much of a file is free, in a hundred.
pub(super) fn free_percent(storage: &types::Storage) -> u64 {
    (storage.free_bytes.saturating_mul(100)).checked_div(storage.file_bytes).unwrap_or_default()
}

/// Returns a number of bytes as people say it.
pub(super) fn size(bytes: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB"];
    let Some(power) = (1..=4_u32).rev().find(|power| bytes >= 1_u64 << (10 * power)) else {
        return format!("{bytes} B");
    };
    let tenths = u128::from(bytes) * 10 / (1_u128 << (10 * power));
    format!("{}.{} {}", tenths / 10, tenths % 10, units[power as usize - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_in_the_unit_that_fits() {
        let told =
            [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (73_400_320, "70.0 MiB"), (5 << 40, "5.0 TiB")];
        for (bytes, expected) in told {
            assert_eq!(size(bytes), expected);
        }
    }
}
