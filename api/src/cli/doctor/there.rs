//! What the server says: itself, its readiness, the token, the projects and jobs it holds.

mod sources;

use std::path::Path;

use dateline_openapi::{ClientError, calls, types};

use super::Check;
use crate::cli::output::CommandError;
use crate::cli::server::{ServerArgs, Session};
use crate::cli::storage::{free_percent, size};
use crate::config::Config;

/// Asks the server, and stops where there is nobody to ask further.
pub(super) async fn look(server: &ServerArgs, config: Option<&Config>) -> Vec<Check> {
    let session = match server.session() {
        Ok(session) => session,
        Err(error) => return vec![no_session(&error)],
    };
    let mut checks = Vec::new();
    match session.client.send(&calls::GetHealth).await {
        Ok(answer) => checks.push(version(&session, &answer.value)),
        Err(error) => {
            let mend = "start it with `dateline serve`, or name the right one with --server URL";
            checks.push(Check::wrong("server", error.to_string(), mend));
            return checks;
        }
    }
    checks.push(match session.client.send(&calls::GetReadiness).await {
        Ok(_) => Check::ok("readiness", "it takes writes"),
        Err(error) => {
            Check::wrong("readiness", error.to_string(), "see the server's log; a full disk needs space")
        }
    });
    match session.client.all(calls::ListProjects { limit: Some(200), cursor: None }).await {
        Ok(projects) => {
            checks.push(Check::ok("token", "the server knows it"));
            checks.push(clocks(&session).await);
            checks.extend(nightly(&session).await);
            checks.extend(storage(&session).await);
            checks.extend(local_roots(&session).await);
            for project in &projects.value.items {
                checks.extend(project_checks(&session, project, config).await);
            }
            checks.extend(jobs(&session).await);
            checks.extend(drafts(&session).await);
        }
        Err(error) => checks.push(refused(&error)),
    }
    checks
}

fn no_session(error: &CommandError) -> Check {
    match error {
        CommandError::NoServer(why) => {
            Check::wrong("server", why, "start it with `dateline serve`, or name one with --server URL")
        }
        CommandError::NotAllowed(why) => Check::wrong(
            "token",
            why,
            "give --token-file FILE or DATELINE_TOKEN; the owner's is in the data folder",
        ),
        error => Check::wrong("server", error.to_string(), "`dateline doctor --help` names the settings"),
    }
}

fn version(session: &Session, health: &types::Health) -> Check {
    let ours = env!("CARGO_PKG_VERSION");
    let base = session.client.base();
    let detail = format!("{base} runs dateline {}", health.version);
    if health.version != ours {
        let mend = format!("this program is {ours}: use the same version on both sides");
        return Check::warning("server", detail, mend);
    }
    if base.starts_with("http://") && !is_here(session) {
        let mend = "the token travels readable: put TLS before the server and use https://";
        return Check::warning("server", detail, mend);
    }
    Check::ok("server", detail)
}

fn refused(error: &ClientError) -> Check {
    let is_token = error.problem().is_some_and(|problem| matches!(problem.status, 401 | 403));
    let mend = if is_token {
        "take the token from the server's own data folder (owner.token), or have a new one made"
    } else {
        "see the server's log"
    };
    Check::wrong(if is_token { "token" } else { "server" }, error.to_string(), mend)
}

async fn clocks(session: &Session) -> Check {
    match session.client.send(&calls::ListTimezones).await {
        Err(error) => Check::wrong("time zones", error.to_string(), "see the server's log"),
        Ok(answer) => {
            let (theirs, ours) = (answer.value.tzdb_version, dateline_core::schedule::tzdb_version());
            let detail = format!("{} zones by the law of {theirs}", answer.value.items.len());
            if theirs == ours {
                Check::ok("time zones", detail)
            } else {
                Check::warning(
                    "time zones",
                    detail,
                    format!("this program has {ours}: update the older side"),
                )
            }
        }
    }
}

/// Whether paths of the server are paths of this machine.
fn is_here(session: &Session) -> bool {
    let authority = session.client.base().split_once("://").map_or("", |(_, rest)| rest);
    authority.starts_with("127.") || authority.starts_with("localhost") || authority.starts_with("[::1]")
}

async fn project_checks(session: &Session, project: &types::Project, config: Option<&Config>) -> Vec<Check> {
    let mut checks = vec![sources::look(project, is_here(session), config).await];
    if is_here(session) {
        let about = format!("project {}", project.name);
        checks.extend(project.platforms.iter().filter_map(|entry| target(&about, entry)));
    }
    checks
}

/// What becomes of the nightly backups; who may not ask is told nothing.
async fn nightly(session: &Session) -> Option<Check> {
    let about = "nightly backup";
    let nightly = session.client.send(&calls::GetNightlyBackups).await.ok()?.value;
    if let Some(failure) = nightly.failure {
        let mend =
            "give the disk space and the server's user the right to write `backups`; `dateline backup` tries";
        return Some(Check::wrong(about, failure, mend));
    }
    let when = |at| session.when.whole(at);
    Some(match (nightly.is_enabled, nightly.made_at, nightly.next_at) {
        (false, ..) => {
            let mend = "set `backup.time`, or see to it that something else runs `dateline backup`";
            Check::warning(about, "off", mend)
        }
        (true, Some(made), _) => Check::ok(about, format!("the last was made {}", when(made))),
        (true, None, Some(next)) => Check::ok(about, format!("the first is made {}", when(next))),
        (true, None, None) => Check::ok(about, "on"),
    })
}

/// How large the store is; who may not ask is told nothing.
async fn storage(session: &Session) -> Option<Check> {
    const FREE_MANY: u64 = 60;
    let found = session.client.send(&calls::GetStorage).await.ok()?.value;
    let free = free_percent(&found);
    let mut detail = format!("{}, {free} % of it free", size(found.file_bytes));
    if let Some(growth) = &found.growth {
        detail += &format!("; {} more a day", size(growth.bytes_per_day));
    }
    if !found.is_cleaned_up {
        let mend =
            "nothing removes what is over: enable the job `Nightly cleanup`, or create one of type CLEANUP";
        return Some(Check::warning("storage", detail, mend));
    }
    Some(if free > FREE_MANY && found.free_bytes > 64 << 20 {
        Check::warning(
            "storage",
            detail,
            "`dateline storage compact` gives it back while nothing urgent runs",
        )
    } else {
        Check::ok("storage", detail)
    })
}

/// Whether the folders members may use are there; who may not ask is told nothing.
async fn local_roots(session: &Session) -> Vec<Check> {
    let Ok(settings) = session.client.send(&calls::GetSettings).await else { return Vec::new() };
    let about = "local roots";
    let roots = settings.value.local_roots;
    if roots.is_empty() {
        return vec![Check::ok(about, "none: members use no local folder")];
    }
    if !is_here(session) {
        return vec![Check::ok(about, format!("{} on the server", roots.join(", ")))];
    }
    let root = |root: &String| match std::fs::metadata(root) {
        Ok(metadata) if metadata.is_dir() => Check::ok(about, format!("`{root}` is there")),
        Ok(_) => {
            Check::wrong(about, format!("`{root}` is no folder"), "`dateline settings set --local-root DIR`")
        }
        Err(error) => {
            let mend = format!("mkdir -p '{root}', or `dateline settings set --local-root DIR` without it");
            Check::wrong(about, format!("`{root}`: {error}"), mend)
        }
    };
    roots.iter().map(root).collect()
}

/// Whether what is published locally has a place to go.
fn target(about: &str, entry: &types::PlatformEntry) -> Option<Check> {
    let folder = match entry.settings.as_ref()?.target.as_ref()? {
        types::TargetBody::Folder(folder) => Path::new(&folder.path),
        types::TargetBody::Feed(feed) => Path::new(&feed.path).parent()?,
        types::TargetBody::Unlisted => return None,
    };
    let about = format!("{about}, {}", entry.platform);
    let shown = folder.display();
    match std::fs::metadata(folder) {
        Ok(metadata) if metadata.is_dir() && !metadata.permissions().readonly() => {
            Some(Check::ok(about, format!("publishes into `{shown}`")))
        }
        Ok(_) => Some(Check::wrong(
            about,
            format!("`{shown}` cannot be written"),
            "give the server's user the right to",
        )),
        Err(error) => Some(Check::wrong(about, format!("`{shown}`: {error}"), format!("mkdir -p '{shown}'"))),
    }
}

async fn jobs(session: &Session) -> Vec<Check> {
    let all = calls::ListSchedules { limit: Some(200), ..calls::ListSchedules::default() };
    let all = match session.client.all(all).await {
        Ok(all) => all.value.items,
        Err(error) => return vec![Check::wrong("jobs", error.to_string(), "see the server's log")],
    };
    let live: Vec<_> = all.iter().filter(|job| job.cancelled_at.is_none()).collect();
    let mut checks = vec![Check::ok("jobs", format!("{} in all", live.len()))];
    for job in live {
        let about = format!("job {}", job.name);
        if job.is_unsatisfiable {
            let mend = format!("`dateline job edit {}` with another schedule", job.id);
            checks.push(Check::wrong(about, "its schedule never fires again", mend));
        } else if job.status == types::JobStatus::Failed {
            let mend = format!(
                "`dateline run list --job {} --status failed` names the runs, `dateline logs` why",
                job.id
            );
            checks.push(Check::warning(about, "its last run failed", mend));
        } else if !job.is_enabled {
            let mend = format!("`dateline job enable {}` when it should run", job.id);
            checks.push(Check::warning(about, "disabled", mend));
        }
    }
    checks
}

async fn drafts(session: &Session) -> Vec<Check> {
    let of =
        |status| calls::ListDrafts { status: Some(status), limit: Some(200), ..calls::ListDrafts::default() };
    let count = async |status| session.client.send(&of(status)).await.map(|answer| answer.value.items.len());
    let mut checks = Vec::new();
    if let Ok(waiting @ 1..) = count(types::DraftStatus::Draft).await {
        checks.push(Check::ok("drafts", format!("{waiting} wait for review")));
    }
    if let Ok(failed @ 1..) = count(types::DraftStatus::Failed).await {
        let mend =
            "`dateline draft list --status failed`, then `draft show` says why; `draft publish` tries again";
        checks.push(Check::warning("drafts", format!("{failed} could not be published"), mend));
    }
    checks
}
