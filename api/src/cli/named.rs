//! Finding what a person means: an id, the end or the beginning of one, or a name.

use dateline_openapi::{calls, types};

use super::output::CommandError;
use super::server::Session;
use super::text::plain;

/// How many of the newest executions or drafts a part of an id is looked for in.
const RECENT: u64 = 200;

/// Fewer characters of an id are more likely a slip than a choice.
const PART_CHARS_MIN: usize = 4;

/// What a candidate is called.
struct Called<'a> {
    id: &'a str,
    name: Option<&'a str>,
    /// A second name: what a person signs in with.
    email: Option<&'a str>,
}

impl<'a> Called<'a> {
    fn id(id: &'a str) -> Self {
        Self { id, name: None, email: None }
    }

    fn named(id: &'a str, name: &'a str) -> Self {
        Self { name: Some(name), ..Self::id(id) }
    }

    fn is(&self, is_meant: impl Fn(&str) -> bool) -> bool {
        [self.name, self.email].into_iter().flatten().any(is_meant)
    }
}

impl Session {
    /// Returns the project that `wanted` names.
    pub(super) async fn project(&self, wanted: &str) -> Result<types::Project, CommandError> {
        if is_id(wanted, "prj_") {
            return self.ask(&calls::GetProject::new(wanted.to_owned())).await;
        }
        let all = self.client.all(calls::ListProjects { limit: Some(200), cursor: None }).await?.value.items;
        pick(all, wanted, "project", |project| Called::named(&project.id, &project.name))
    }

    /// Returns the job that `wanted` names.
    pub(super) async fn job(&self, wanted: &str) -> Result<types::Job, CommandError> {
        if is_id(wanted, "job_") {
            return self.ask(&calls::GetSchedule::new(wanted.to_owned())).await;
        }
        let all = calls::ListSchedules { limit: Some(200), ..calls::ListSchedules::default() };
        let all = self.client.all(all).await?.value.items;
        pick(all, wanted, "job", |job| Called::named(&job.id, &job.name))
    }

    /// Returns the id of the execution that `wanted` names; `last` is the newest.
    pub(super) async fn run(&self, wanted: &str) -> Result<String, CommandError> {
        if is_id(wanted, "exe_") {
            return Ok(wanted.to_owned());
        }
        let limit = Some(if wanted == "last" { 1 } else { RECENT });
        let recent = calls::ListExecutions { limit, ..calls::ListExecutions::default() };
        let recent = self.ask(&recent).await?.items;
        let called = |run: &types::Execution| run.id.clone();
        newest_or_part(recent, wanted, "run", called)
    }

    /// Returns the id of the draft that `wanted` names; `last` is the newest.
    pub(super) async fn draft(&self, wanted: &str) -> Result<String, CommandError> {
        if is_id(wanted, "dft_") {
            return Ok(wanted.to_owned());
        }
        let limit = Some(if wanted == "last" { 1 } else { RECENT });
        let recent = calls::ListDrafts { limit, ..calls::ListDrafts::default() };
        let recent = self.ask(&recent).await?.items;
        newest_or_part(recent, wanted, "draft", |draft| draft.id.clone())
    }

    /// Returns the user that `wanted` names: by id, name or e-mail address; `me` is whoever asks. Only admins see
    /// others.
    pub(super) async fn user(&self, wanted: &str) -> Result<types::User, CommandError> {
        if wanted == "me" {
            return self.ask(&calls::GetMe).await;
        }
        if is_id(wanted, "usr_") {
            return self.ask(&calls::GetUser::new(wanted.to_owned())).await;
        }
        let all = self.client.all(calls::ListUsers { limit: Some(200), cursor: None }).await?.value.items;
        pick(all, wanted, "user", |user| Called {
            email: user.email.as_deref(),
            ..Called::named(&user.id, &user.name)
        })
    }

    /// Returns the id of the user that `wanted` names; an id needs nobody to look it up.
    pub(super) async fn user_id(&self, wanted: &str) -> Result<String, CommandError> {
        if is_id(wanted, "usr_") { Ok(wanted.to_owned()) } else { Ok(self.user(wanted).await?.id) }
    }

    /// Returns the id of the member of `project` that `wanted` names; `me` is whoever asks.
    pub(super) async fn member(&self, project: &str, wanted: &str) -> Result<String, CommandError> {
        if wanted == "me" || is_id(wanted, "usr_") {
            return self.user_id(wanted).await;
        }
        let all = calls::ListMembers { limit: Some(200), ..calls::ListMembers::new(project) };
        let all = self.client.all(all).await?.value.items;
        let found = pick(all, wanted, "member", |member| Called::named(&member.user_id, &member.name));
        found.map(|member| member.user_id)
    }

    /// Returns the token that `wanted` names among those of `of`, the caller's own when absent; one that can still be
    /// used is meant before one that cannot.
    pub(super) async fn token(&self, wanted: &str, of: Option<String>) -> Result<String, CommandError> {
        if is_id(wanted, "tok_") {
            return Ok(wanted.to_owned());
        }
        let all = calls::ListTokens { user_id: of, limit: Some(200), cursor: None };
        let all = self.client.all(all).await?.value.items;
        let (live, dead) = all.into_iter().partition::<Vec<_>, _>(|token| token.revoked_at.is_none());
        let find = |all: Vec<types::Token>| {
            let found = pick(all, wanted, "token", |token| Called::named(&token.id, &token.name));
            found.map(|token| token.id)
        };
        match find(live) {
            Err(CommandError::NotFound(_)) => find(dead),
            found => found,
        }
    }

    /// Returns the id of the invitation that `wanted` names: by id, or by whom it was made for.
    pub(super) async fn invitation(&self, wanted: &str) -> Result<String, CommandError> {
        if is_id(wanted, "inv_") {
            return Ok(wanted.to_owned());
        }
        let all = calls::ListInvitations { limit: Some(200), cursor: None };
        let mut all = self.client.all(all).await?.value.items;
        all.retain(|invitation| invitation.status == types::InvitationStatus::Open);
        pick(all, wanted, "open invitation", |it| Called::named(&it.id, &it.email)).map(|it| it.id)
    }

    /// Returns the id of the notification that `wanted` names; `last` is the newest.
    pub(super) async fn notification(&self, wanted: &str) -> Result<String, CommandError> {
        if is_id(wanted, "ntf_") {
            return Ok(wanted.to_owned());
        }
        let limit = Some(if wanted == "last" { 1 } else { RECENT });
        let recent = calls::ListNotifications { limit, ..calls::ListNotifications::default() };
        let recent = self.ask(&recent).await?.items;
        newest_or_part(recent, wanted, "notification", |it| it.id.clone())
    }
}

fn newest_or_part<T>(
    recent: Vec<T>,
    wanted: &str,
    noun: &str,
    id: impl Fn(&T) -> String,
) -> Result<String, CommandError> {
    let ids: Vec<String> = recent.iter().map(id).collect();
    if wanted == "last" {
        return ids
            .into_iter()
            .next()
            .ok_or_else(|| CommandError::NotFound(format!("there is no {noun} yet")));
    }
    pick(ids, wanted, noun, |id| Called::id(id))
}

/// Whether a text is a whole id of this kind.
fn is_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|rest| rest.len() == 26 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Returns the only one that is meant: by its exact name, else by its name in any case, else by a part.
fn pick<T>(
    all: Vec<T>,
    wanted: &str,
    noun: &str,
    called: impl Fn(&T) -> Called<'_>,
) -> Result<T, CommandError> {
    let lower = wanted.to_lowercase();
    let is_part = wanted.len() >= PART_CHARS_MIN;
    let upper = wanted.to_uppercase();
    let levels: [&dyn Fn(&Called<'_>) -> bool; 3] =
        [&|it| it.is(|name| name == wanted), &|it| it.is(|name| name.to_lowercase() == lower), &|it| {
            let is_begun = it.is(|name| !lower.is_empty() && name.to_lowercase().starts_with(&lower));
            is_begun || (is_part && (it.id.starts_with(wanted) || it.id.ends_with(&upper)))
        }];
    for is_meant in levels {
        let found: Vec<usize> = (0..all.len()).filter(|index| is_meant(&called(&all[*index]))).collect();
        match found[..] {
            [] => {}
            [only] => {
                let mut all = all;
                return Ok(all.swap_remove(only));
            }
            _ => {
                let each = |index: &usize| {
                    let Called { id, name, .. } = called(&all[*index]);
                    name.map_or_else(|| id.to_owned(), |name| format!("{} ({id})", plain(name)))
                };
                let all = found.iter().take(10).map(each).collect::<Vec<_>>().join(", ");
                return Err(CommandError::Usage(format!("`{}` names several: {all}", plain(wanted))));
            }
        }
    }
    Err(CommandError::NotFound(format!("no {noun} is called `{}`", plain(wanted))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picked(wanted: &str) -> Result<&'static str, u8> {
        let all = vec![
            ("job_01KAR6V8G0M3N9T5X7Y2B4C6D8", "Weekly news"),
            ("job_01KAR6V8G0M3N9T5X7Y2B4C6E9", "weekly"),
            ("job_01KAR6V8G0M3N9T5X7Y2B4C6FA", "Monthly"),
            ("job_01KAR6V8G0M3N9T5X7Y2B4C6GB", "Twin"),
            ("job_01KAR6V8G0M3N9T5X7Y2B4C6HC", "Twin"),
        ];
        let picked = pick(all, wanted, "job", |job| Called::named(job.0, job.1));
        picked.map(|job| job.1).map_err(|error| error.exit_code())
    }

    #[test]
    fn a_name_wins_over_a_beginning_and_both_over_an_id() {
        assert_eq!(picked("weekly"), Ok("weekly"), "the whole name, although another begins with it");
        assert_eq!(picked("WEEKLY NEWS"), Ok("Weekly news"));
        assert_eq!(picked("mon"), Ok("Monthly"));
        assert_eq!(picked("c6fa"), Ok("Monthly"), "the end of the id");
        assert_eq!(picked("job_01KAR6V8G0M3N9T5X7Y2B4C6D"), Ok("Weekly news"), "its beginning");
        assert_eq!(picked("week"), Err(2));
        assert_eq!(picked("Twin"), Err(2));
        assert_eq!(picked("fa"), Err(3), "too short for a part of an id");
        assert_eq!(picked(""), Err(3));
        assert_eq!(picked("nothing"), Err(3));
    }

    #[test]
    fn only_a_whole_id_is_asked_for_at_once() {
        assert!(is_id("job_01KAR6V8G0M3N9T5X7Y2B4C6D8", "job_"));
        assert!(!is_id("job_01KAR6", "job_") && !is_id("prj_01KAR6V8G0M3N9T5X7Y2B4C6D8", "job_"));
    }
}
