//! Cron patterns, names of zones, crontabs.

use std::time::Duration;

use dateline_core::crontab::{self, Form, Reading};
use dateline_core::schedule::{Frequency, Rules, Schedule, TimeConfig, Zone, all_zone_names};
use dateline_core::time::from_unix_ms;
use proptest::prelude::*;

use crate::hostile::{in_time, inputs, is_showable, texts};

const CRON_WORDS: &[&str] = &[
    " ", " ", " ", "*", "/", "-", ",", "?", "L", "W", "#", "LW", "0", "59", "60", "24", "31", "MON", "sun",
    "JAN", "@", "@daily", "@every", "1h", "\t", "+", "5L", "15W", "1#5", "7", "2-1", "*/0", "22-4",
];
const CRONS: &[&str] = &[
    "* * * * *",
    "0 9 * * 1-5",
    "0,15,30,45 2 * * *",
    "0 0 31 4,6,9,11 *",
    "0 0 29 2 *",
    "30 2 L * *",
    "0 12 15W * MON#2",
    "0 30 2 * * *",
    "@weekly",
    "*/7 */5 1-7,L */3 SUN",
];
const ZONE_WORDS: &[&str] = &[
    "Europe", "/", "Berlin", "..", "etc", "UTC", "GMT", "+", "-", "0", "posix", "EST5EDT", ",M3.2.0",
    "america", "_",
];
const ZONES: &[&str] =
    &["Europe/Berlin", "America/New_York", "UTC", "Etc/GMT+12", "Asia/Kathmandu", "posixrules"];
const TAB_WORDS: &[&str] = &[
    "\n",
    " ",
    "\t",
    "*",
    "0",
    "CRON_TZ=",
    "MAILTO=",
    "RANDOM_DELAY=",
    "root",
    "@reboot",
    "@daily",
    "#",
    "%",
    "\\%",
    "/usr/bin/backup",
    "--password=hunter2",
    "-",
    "=",
    "\"",
    "SHELL=/bin/sh",
    "Europe/Paris",
    "5",
    ",",
    "/",
];
const TABS: &[&str] = &[
    "MAILTO=me@example.org\nCRON_TZ=Europe/Paris\n30 2 * * * /usr/bin/backup --token=hunter2\n",
    "17 * * * * root cd / && run-parts --report /etc/cron.hourly\n@reboot root x\n",
    "RANDOM_DELAY=45\n@daily first\n0 9 * * mon-fri second %stdin%more\n# remark\n",
];

fn compiled(pattern: &str, zone: &str) -> Result<dateline_core::schedule::CompiledSchedule, String> {
    let time_config = TimeConfig {
        cron_expression: Some(pattern.to_owned()),
        timezone: Some(zone.to_owned()),
        ..TimeConfig::default()
    };
    let schedule = Schedule { frequency: Frequency::Custom, time_config };
    schedule.compile(&Rules { density_min: Duration::from_secs(1) }).map_err(|refused| refused.to_string())
}

proptest! {
    #![proptest_config(inputs())]

    #[test]
    fn a_pattern_is_refused_in_words_or_names_times_in_order(
        pattern in texts(CRON_WORDS, CRONS),
        zone in prop::sample::select(&["UTC", "Australia/Lord_Howe", "Africa/Cairo", "America/New_York"][..]),
        from in 0_i64..4_102_444_800_000,
    ) {
        match in_time(&pattern, || compiled(&pattern, zone)) {
            Ok(compiled) => {
                let from = from_unix_ms(from);
                let dues = in_time(&pattern, || {
                    compiled.occurrences_after(from).map_while(Result::ok).take(100).collect::<Vec<_>>()
                });
                prop_assert!(dues.windows(2).all(|pair| pair[0].due_at < pair[1].due_at));
                prop_assert!(dues.first().is_none_or(|first| first.due_at > from));
                prop_assert!(is_showable(&compiled.description()));
            }
            Err(refused) => prop_assert!(is_showable(&refused), "{refused:?}"),
        }
    }

    #[test]
    fn a_zone_is_one_of_the_database_or_refused(name in texts(ZONE_WORDS, ZONES)) {
        let is_known = all_zone_names().any(|known| known == name);
        match in_time(&name, || Zone::named(&name)) {
            Ok(zone) => prop_assert!(is_known && zone.name() == name),
            Err(refused) => {
                prop_assert!(!is_known);
                prop_assert!(is_showable(&refused.to_string()) && refused.to_string().len() < 1_000);
            }
        }
    }

    #[test]
    fn a_crontab_gives_schedules_that_hold_and_repeats_no_password(
        text in texts(TAB_WORDS, TABS),
        is_system in any::<bool>(),
    ) {
        let form = if is_system { Form::System } else { Form::User };
        let zone = Zone::named("UTC").expect("it is known");
        // As an argument of its own: glued to a time it is no argument, and times are told as they stand.
        let tells = |said: &str| {
            let mut words = said.split(|letter: char| letter.is_whitespace() || letter == '`');
            words.any(|word| word.starts_with("--") && word.ends_with("=hunter2"))
        };
        for line in in_time(&text, || crontab::read(&text, form, zone)) {
            match &line.reading {
                Reading::Taken(entry) => {
                    let rules = Rules { density_min: Duration::from_secs(1) };
                    prop_assert!(entry.schedule.compile(&rules).is_ok(), "{line:?}");
                    let said = format!("{} {}", entry.name, entry.notes.join(" "));
                    prop_assert!(is_showable(&said) && !entry.name.is_empty(), "{line:?}");
                    prop_assert!(!tells(&said), "{line:?}");
                }
                Reading::Told(said) | Reading::Refused(said) => {
                    prop_assert!(is_showable(said) && !tells(said), "{line:?}");
                }
            }
        }
    }
}
