//! `dateline pause` and `dateline resume`, and what they share with pausing a job or a project.

use chrono::TimeDelta;
use clap::Args;
use dateline_core::time::Timestamp;
use dateline_openapi::{calls, types};

use super::output::CommandError;
use super::server::{ServerArgs, Session};
use super::text::{Moment, moment, plain};

const EXAMPLES: &str = "\
Examples:
  dateline pause --reason 'the server moves' --until 12h
  dateline resume
  dateline job pause friday --until 2027-01-04
  dateline project pause App

What falls due meanwhile is recorded as skipped. For admins; a job or a project is paused with
`dateline job pause` and `dateline project pause`.";

/// Pause everything: no schedule fires and nothing that is queued starts
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Pause {
    #[command(flatten)]
    pause: PauseArgs,
    #[command(flatten)]
    server: ServerArgs,
}

/// Resume everything that `dateline pause` paused
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Resume {
    #[command(flatten)]
    server: ServerArgs,
}

/// Why something is paused, and for how long.
#[derive(Debug, Args)]
pub(super) struct PauseArgs {
    /// Why; shown wherever the pause is
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// When it ends by itself: a day (from its first moment, UTC), an instant, or a time from now such as 7d or 12h
    #[arg(long, value_name = "WHEN", value_parser = until)]
    until: Option<Until>,
}

/// When a pause ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Until {
    /// So long from now.
    In(TimeDelta),
    /// Then.
    At(Timestamp),
}

impl PauseArgs {
    /// Returns what is sent.
    pub(super) fn body(self, session: &Session) -> types::PauseBody {
        let until = self.until.map(|until| match until {
            Until::In(time) => session.when.now() + time,
            Until::At(at) => at,
        });
        types::PauseBody { reason: self.reason, until }
    }
}

/// Reads a day, an instant, or a time from now.
fn until(text: &str) -> Result<Until, String> {
    let number = |unit| text.strip_suffix(unit).and_then(|number: &str| number.parse::<u16>().ok());
    let time = match (number('d'), number('h')) {
        (Some(days), _) => Some(TimeDelta::days(days.into())),
        (None, Some(hours)) => Some(TimeDelta::hours(hours.into())),
        (None, None) => None,
    };
    if let Some(time) = time.filter(|time| *time > TimeDelta::zero()) {
        return Ok(Until::In(time));
    }
    let expected = "expected a day such as 2027-01-04, an instant such as 2027-01-04T08:00:00Z, or a time from now such \
                    as 7d or 12h";
    moment(text).map(Moment::start).map(Until::At).map_err(|_| expected.into())
}

impl Pause {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let Self { pause, server } = self;
        server.run(async |session| {
            let body = Some(pause.body(&session));
            session.show(&calls::PauseEngine { body }, whole).await
        })
    }
}

impl Resume {
    pub(super) fn run(self) -> Result<(), CommandError> {
        self.server.run(async |session| session.show(&calls::ResumeEngine, whole).await)
    }
}

fn whole(session: &Session, engine: &types::Engine) -> String {
    match &engine.pause {
        Some(pause) => format!("Everything is paused {}", told(session, pause)),
        None => "Nothing is paused as a whole: schedules fire and what is queued starts.".into(),
    }
}

/// Returns a pause as a person would tell it.
pub(super) fn told(session: &Session, pause: &types::Pause) -> String {
    let until = pause.until.map_or_else(
        || "until somebody resumes".to_owned(),
        |until| format!("until {}", session.when.whole(until)),
    );
    let reason = pause.reason.as_deref().map(|reason| format!(": {}", plain(reason))).unwrap_or_default();
    format!("{until}{reason}")
}

/// Returns what keeps a job back, as a person would tell it; the nearest pause first.
pub(super) fn all_told(session: &Session, pauses: &[types::Pause]) -> Option<String> {
    let of = |pause: &types::Pause| match pause.level {
        types::PauseLevel::Project => "its project, ",
        types::PauseLevel::Engine => "everything, ",
        _ => "",
    };
    let told = pauses.iter().map(|pause| format!("{}{}", of(pause), told(session, pause)));
    Some(told.collect::<Vec<_>>().join("; ")).filter(|told| !told.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_a_day_an_instant_or_a_time_from_now() {
        let at = |text: &str| Ok(Until::At(text.parse().expect("an instant")));
        assert_eq!(until("7d"), Ok(Until::In(TimeDelta::days(7))));
        assert_eq!(until("12h"), Ok(Until::In(TimeDelta::hours(12))));
        assert_eq!(until("2027-01-04"), at("2027-01-04T00:00:00Z"), "that day is no part of the pause");
        assert_eq!(until("2027-01-04T08:00:00+01:00"), at("2027-01-04T07:00:00Z"));
        for bad in ["0d", "-1d", "d", "", "7", "1w", "99999d", "2027-02-30"] {
            assert!(until(bad).is_err(), "{bad}");
        }
    }
}
