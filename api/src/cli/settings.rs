//! Settings as flags: those of the table that have one.

use std::collections::BTreeMap;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use crate::config::setting::Shape;
use crate::config::{SETTINGS, Setting};

/// What was given as flags, by key. What it means is for the configuration to say, so that every source is read alike.
#[derive(Debug, Clone, Default)]
pub(super) struct SettingArgs {
    pub(super) given: BTreeMap<&'static str, String>,
}

impl SettingArgs {
    /// Returns these flags with `value` for `key`, unless it was given.
    pub(super) fn or(mut self, key: &'static str, value: &str) -> Self {
        self.given.entry(key).or_insert_with(|| value.to_owned());
        self
    }
}

/// Returns settings that have a flag. The data folder's belongs to every command and is defined with them.
fn with_flags() -> impl Iterator<Item = (&'static Setting, (&'static str, &'static str))> {
    let flags = SETTINGS.iter().filter_map(|setting| Some((setting, setting.flag_words()?)));
    flags.filter(|(setting, _)| setting.key != "data")
}

fn about(setting: &Setting) -> String {
    let about = setting.about.trim().trim_end_matches('.');
    if setting.default.is_empty() {
        about.to_owned()
    } else {
        format!("{about} [default: {}]", setting.default)
    }
}

impl FromArgMatches for SettingArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        // A list may be given at once, with commas, or by repeating its flag.
        let said = |setting: &Setting| {
            let values: Vec<_> = matches.get_many::<String>(setting.key)?.map(String::as_str).collect();
            Some((setting.key, values.join(",")))
        };
        Ok(Self { given: with_flags().filter_map(|(setting, _)| said(setting)).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.given.extend(Self::from_arg_matches(matches)?.given);
        Ok(())
    }
}

impl Args for SettingArgs {
    fn augment_args(command: Command) -> Command {
        with_flags().fold(command, |command, (setting, (name, value))| {
            let is_list = setting.shape == Shape::List;
            let (action, more) = match is_list {
                true => (ArgAction::Append, "; repeat it for more"),
                false => (ArgAction::Set, ""),
            };
            let help = about(setting) + more;
            command.arg(Arg::new(setting.key).long(name).value_name(value).action(action).help(help))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
