//! What a person wants to be told.

use clap::{Args, Subcommand};
use dateline_openapi::{calls, types};
use serde_json::{Value, json};

use super::event;
use crate::cli::body::WithArgs;
use crate::cli::local_zone::local_zone;
use crate::cli::output::CommandError;
use crate::cli::server::Session;
use crate::cli::table::sheet;

#[derive(Debug, Default, Subcommand)]
pub(super) enum PreferencesVerb {
    /// Show them
    #[default]
    Show,
    /// Change them; what is not given stays as it is
    Set(Box<SetArgs>),
}

#[derive(Debug, Args)]
pub(super) struct SetArgs {
    /// Whether you want mail at all: on or off
    #[arg(long, value_name = "on|off", value_parser = switch)]
    mail: Option<bool>,
    /// Where mail goes
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    /// Forget where mail goes
    #[arg(long, conflicts_with = "address")]
    no_address: bool,
    /// What you want to hear of, all of it, such as `job_failure,draft_ready`
    #[arg(long, value_name = "EVENT", value_delimiter = ',', value_parser = event)]
    events: Vec<types::NotificationEvent>,
    /// When no mail leaves, such as 22:00-07:00
    #[arg(long, value_name = "FROM-TO", value_parser = span)]
    quiet_hours: Option<(String, String)>,
    /// Let mail leave at any hour
    #[arg(long, conflicts_with = "quiet_hours")]
    no_quiet_hours: bool,
    /// Gather mail into one a day, at this time
    #[arg(long, value_name = "HH:MM")]
    digest: Option<String>,
    /// Let each mail leave by itself
    #[arg(long, conflicts_with = "digest")]
    no_digest: bool,
    /// Whose clocks those times are on, an IANA name [default: the zone you live in]
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
    #[command(flatten)]
    with: WithArgs,
}

fn switch(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("expected on or off".into()),
    }
}

fn span(text: &str) -> Result<(String, String), String> {
    let (from, to) = text.split_once('-').ok_or("expected two times of day such as 22:00-07:00")?;
    Ok((from.trim().to_owned(), to.trim().to_owned()))
}

impl PreferencesVerb {
    pub(super) async fn act(self, session: &Session) -> Result<(), CommandError> {
        match self {
            Self::Show => session.show(&calls::GetNotificationPreferences, whole).await,
            Self::Set(set) => {
                let fields = set.fields()?;
                let is_empty = fields.as_object().is_none_or(serde_json::Map::is_empty);
                if is_empty && set.with.is_empty() {
                    let why = "nothing to change was given; `dateline notification preferences set --help`";
                    return Err(CommandError::Usage(why.into()));
                }
                let patch = set.with.over(fields)?;
                session.show(&calls::ChangeNotificationPreferences::new(patch), whole).await
            }
        }
    }
}

impl SetArgs {
    /// Returns the fields that were given, as the interface spells them.
    fn fields(&self) -> Result<Value, CommandError> {
        if self.tz.is_some() && self.quiet_hours.is_none() && self.digest.is_none() {
            let why = "--tz says whose clocks --quiet-hours and --digest are on: give one of them too";
            return Err(CommandError::Usage(why.into()));
        }
        let zone = || self.tz.clone().unwrap_or_else(|| local_zone().name().to_owned());
        let mut fields = json!({});
        if let Some(mail) = self.mail {
            fields["emailNotifications"] = json!(mail);
        }
        if self.address.is_some() || self.no_address {
            fields["emailAddress"] = json!(self.address);
        }
        if !self.events.is_empty() {
            fields["notificationEvents"] = json!(self.events);
        }
        if let Some((from, to)) = &self.quiet_hours {
            fields["quietHours"] = json!({ "from": from, "to": to, "timezone": zone() });
        } else if self.no_quiet_hours {
            fields["quietHours"] = Value::Null;
        }
        if let Some(at) = &self.digest {
            fields["digest"] = json!({ "frequency": "DAILY", "at": at, "timezone": zone() });
        } else if self.no_digest {
            fields["digest"] = json!({ "frequency": "IMMEDIATE" });
        }
        Ok(fields)
    }
}

fn whole(_: &Session, it: &types::PreferencesBody) -> String {
    let words = |events: &[types::NotificationEvent]| {
        events.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    let quiet = |it: &types::QuietHoursBody| format!("{} to {} {}", it.from, it.to, it.timezone);
    let digest = match (&it.digest.at, &it.digest.timezone) {
        (Some(at), Some(zone)) => format!("{} at {at} {zone}", it.digest.frequency),
        _ => it.digest.frequency.to_string(),
    };
    let differs = |it: &types::OverrideBody| format!("{} {} {}", it.event, it.channel, it.wish);
    let overrides: Vec<_> = it.overrides.iter().map(differs).collect();
    sheet([
        ("mail", Some(if it.email_notifications { "on" } else { "off" }.to_owned())),
        ("address", Some(it.email_address.clone().unwrap_or_else(|| "none: no mail is sent".to_owned()))),
        ("events", Some(words(&it.notification_events))),
        ("differing", (!overrides.is_empty()).then(|| overrides.join(", "))),
        ("quiet hours", Some(it.quiet_hours.as_ref().map_or_else(|| "none".to_owned(), quiet))),
        ("digest", Some(digest)),
    ])
}
