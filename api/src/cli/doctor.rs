//! `dateline doctor`: looks at every connection and setting, and says how to mend what is wrong.

mod configured;
mod here;
mod there;

use clap::Args;
use serde::Serialize;

use super::output::{CommandError, print, runtime};
use super::server::ServerArgs;
use super::text::plain;

const EXAMPLES: &str = "\
Examples:
  dateline doctor
  dateline doctor --json | jq '.checks[] | select(.state != \"OK\")'

Looks, and changes nothing. Exit code 1 when something is wrong. Settings are read as this
shell would start the server: from the environment and dateline.toml. Asked beyond that are
the server, the mail server and GitHub, where they are set up; none is sent anything.";

/// Check every connection and setting, and say how to mend what is wrong
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Doctor {
    #[command(flatten)]
    server: ServerArgs,
}

/// How one thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum State {
    Ok,
    /// It works, and somebody should look.
    Warning,
    Wrong,
}

/// One thing that was looked at.
#[derive(Debug, Clone, Serialize)]
struct Check {
    about: String,
    state: State,
    detail: String,
    mend: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    is_well: bool,
    checks: &'a [Check],
}

impl Check {
    fn ok(about: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { about: about.into(), state: State::Ok, detail: detail.into(), mend: None }
    }

    fn warning(about: impl Into<String>, detail: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { state: State::Warning, mend: Some(mend.into()), ..Self::ok(about, detail) }
    }

    fn wrong(about: impl Into<String>, detail: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { state: State::Wrong, mend: Some(mend.into()), ..Self::ok(about, detail) }
    }
}

impl Doctor {
    async fn look(&self) -> Vec<Check> {
        // A server named by its address has settings of its own, which are not here to be read.
        if self.server.is_named() {
            return [here::look(&self.server, None), there::look(&self.server, None).await].concat();
        }
        let (config, mut checks) = configured::read(&self.server);
        let config = config.as_ref();
        checks.splice(0..0, here::look(&self.server, config));
        if let Some(config) = config {
            checks.extend(configured::look(config, &self.server).await);
        }
        checks.extend(there::look(&self.server, config).await);
        checks
    }

    pub(super) fn run(self) -> Result<(), CommandError> {
        let checks = runtime()?.block_on(self.look());
        let wrong = checks.iter().filter(|check| check.state == State::Wrong).count();
        if self.server.is_json() {
            let report = Report { is_well: wrong == 0, checks: &checks };
            print(&serde_json::to_string(&report).unwrap_or_default())?;
        } else {
            print(&checks.iter().map(told).collect::<Vec<_>>().join("\n"))?;
        }
        match wrong {
            0 => Ok(()),
            1 => Err(CommandError::Failed("one thing is wrong".into())),
            _ => Err(CommandError::Failed(format!("{wrong} things are wrong"))),
        }
    }
}

fn told(check: &Check) -> String {
    let sign = match check.state {
        State::Ok => "ok     ",
        State::Warning => "look   ",
        State::Wrong => "WRONG  ",
    };
    let mend = check.mend.as_ref().map(|mend| format!("\n         -> {}", plain(mend))).unwrap_or_default();
    format!("{sign}  {}: {}{mend}", plain(&check.about), plain(&check.detail))
}
