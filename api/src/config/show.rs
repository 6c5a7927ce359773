//! The configuration for people: what holds and who said so, the example of an environment, and the page's table.

use std::fmt::Write as _;

use serde::Serialize;

use super::setting::Shape;
use super::{Config, Origin, SETTINGS, Setting};

/// One setting as `dateline config show` tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// The setting.
    pub key: &'static str,
    /// Its value; of a secret only whether there is one.
    pub value: String,
    /// Who said so: `flag --listen`, `environment DATELINE_LISTEN`, `file /…/dateline.toml:12`, `default`.
    pub origin: String,
}

impl Config {
    /// Returns every setting as it may be shown.
    pub fn shown(&self) -> Vec<Shown> {
        SETTINGS.iter().map(|setting| self.shown_one(setting)).collect()
    }

    fn shown_one(&self, setting: &Setting) -> Shown {
        let origin = self.given.origin(setting.key);
        let text = self.given.text(setting.key).unwrap_or(setting.default);
        let value = match (setting.is_secret, text.is_empty()) {
            (true, false) => "set".to_owned(),
            (true, true) => "not set".to_owned(),
            // What nobody said is worked out when it is needed.
            (false, true) if setting.key == "data" => {
                self.data_folder().map_or(String::new(), |path| path.display().to_string())
            }
            // No value a parser took holds a control character that could move what stands around it.
            (false, _) => text.to_owned(),
        };
        Shown { key: setting.key, value, origin: origin.to_string() }
    }
}

/// Returns the lines `dateline config show` prints.
pub fn as_text(shown: &[Shown], file: Option<&std::path::Path>) -> String {
    let key = shown.iter().map(|row| row.key.len()).max().unwrap_or(0);
    let value =
        shown.iter().map(|row| row.value.chars().count()).filter(|width| *width <= 40).max().unwrap_or(0);
    let mut text = match file {
        Some(path) => format!("file: {}\n", path.display()),
        None => "file: none\n".to_owned(),
    };
    for row in shown {
        let told = if row.value.is_empty() { "-" } else { &row.value };
        let _ = writeln!(text, "{:key$}  {told:value$}  {}", row.key, row.origin);
    }
    text.trim_end().to_owned()
}

/// Returns the content of `.env.example`.
pub fn env_example() -> String {
    let mut text = String::from(
        "# Every setting of Dateline as an environment variable, with its default.\n\
         # Flags win over these, and these over dateline.toml; see docs/configuration.md.\n",
    );
    for setting in SETTINGS {
        let _ = write!(text, "\n#{}", setting.about);
        let _ = write!(text, "\n# Takes {}.", setting.takes);
        if setting.shape == Shape::List {
            text.push_str(" Commas between them.");
        }
        let _ = writeln!(text, "\n#{}={}", setting.env, setting.default);
    }
    text
}

/// Returns the table of settings as the documentation has it.
pub fn documented() -> String {
    let mut text = String::from(
        "| setting | variable | default | what it does, and what it takes |\n|---|---|---|---|\n",
    );
    for setting in SETTINGS {
        let default =
            if setting.default.is_empty() { String::new() } else { format!("`{}`", setting.default) };
        let flag =
            if setting.flag.is_empty() { String::new() } else { format!(" `{}`", setting.flag_name()) };
        let secret = if setting.is_secret { " *Secret.*" } else { "" };
        let (key, env, about, takes) = (setting.key, setting.env, setting.about.trim(), setting.takes);
        let _ = writeln!(text, "| `{key}`{flag} | `{env}` | {default} | {about}{secret} Takes {takes}. |");
    }
    text
}

impl Origin {
    /// Whether nobody said anything.
    pub fn is_default(&self) -> bool {
        matches!(self, Self::Default)
    }
}
