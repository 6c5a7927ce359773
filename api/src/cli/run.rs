//! `dateline run`: what ran, and control over what still runs.

mod dead;

use clap::{Args, Subcommand};
use dateline_core::time::Timestamp;
use dateline_openapi::types::{self, Execution, ExecutionStatus};
use dateline_openapi::{Answer, List, calls};

use self::dead::DeadArgs;
use super::confirm::ConfirmArgs;
use super::output::{CommandError, print};
use super::server::{PageArgs, ServerArgs, Session};
use super::table::{sheet, table};
use super::text::{Moment, PlatformName, instant, moment, word_of};
use super::when::lasted;

const EXAMPLES: &str = "\
Examples:
  dateline run list --job friday --status failed
  dateline run list --stats -n 1
  dateline run show last
  dateline run list --status waiting
  dateline run answer last --at 2027-01-04T17:00:00Z
  dateline run replay last --from-step write/mastodon
  dateline run list --dead
  dateline run replay last --from-failed
  dateline run replay --dead --job friday --from-failed
  dateline run dismiss --dead --project App
  dateline run cancel exe_01KAR70A1B3C5D7E9F1G3H5J7K --yes

RUN is an id, its beginning or end, or `last`.";

/// List, show and control runs
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Run {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List runs, newest first
    List(ListArgs),
    /// Show one run with its steps and drafts
    Show {
        /// The run
        run: String,
    },
    /// Stop a run for good
    Cancel {
        /// The run
        run: String,
        #[command(flatten)]
        confirm: ConfirmArgs,
    },
    /// Let a run rest behind its last step
    Pause {
        /// The run
        run: String,
    },
    /// Let a paused run go on
    Resume {
        /// The run
        run: String,
    },
    /// Keep a run with its steps and its log, whatever its age
    Pin {
        /// The run
        run: String,
    },
    /// Let a run's age decide again how long it is kept
    Unpin {
        /// The run
        run: String,
    },
    /// Say whether a missed run that asks is to run: now, at an instant, or not at all
    #[command(group(clap::ArgGroup::new("answer").required(true).args(["now", "at", "skip"])))]
    Answer {
        /// The run
        run: String,
        /// It runs now
        #[arg(long)]
        now: bool,
        /// It runs at this instant
        #[arg(long, value_name = "INSTANT", value_parser = instant)]
        at: Option<Timestamp>,
        /// It does not run
        #[arg(long)]
        skip: bool,
    },
    /// Run again what a run did, as a new run
    Replay {
        /// The run
        #[arg(required_unless_present = "dead", conflicts_with = "dead")]
        run: Option<String>,
        #[command(flatten)]
        dead: DeadArgs,
        /// Do this step and those after it anew; take the results of those before
        #[arg(long, value_name = "STEP", conflicts_with_all = ["dead", "from_failed"])]
        from_step: Option<String>,
        /// Take the results of all steps that are done, and go on from the one that failed
        #[arg(long)]
        from_failed: bool,
        /// Write for these platforms only
        #[arg(
            long = "for",
            value_name = "PLATFORM",
            value_enum,
            value_delimiter = ',',
            conflicts_with = "dead"
        )]
        platforms: Vec<PlatformName>,
    },
    /// Note that nothing is to be done about a run that failed
    Dismiss {
        /// The run
        #[arg(required_unless_present = "dead", conflicts_with = "dead")]
        run: Option<String>,
        #[command(flatten)]
        dead: DeadArgs,
    },
    /// Show the log of a run
    Logs {
        /// The run
        run: String,
        /// Go on until the run ends
        #[arg(short, long)]
        follow: bool,
    },
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Runs of this job
    #[arg(long)]
    job: Option<String>,
    /// Runs for this project
    #[arg(long)]
    project: Option<String>,
    /// Runs that stand here, such as `failed`
    #[arg(long, value_parser = word_of(types::ExecutionStatus::WORDS))]
    status: Option<String>,
    /// Only dead letters: runs that failed and were neither run again nor dismissed
    #[arg(long, conflicts_with = "stats")]
    dead: bool,
    /// Runs that exist for this reason, such as `manual`
    #[arg(long, value_parser = word_of(types::Trigger::WORDS))]
    trigger: Option<String>,
    /// Recorded from this day (UTC) or instant on
    #[arg(long, value_name = "DATE", value_parser = moment)]
    from: Option<Moment>,
    /// Recorded no later than this day (UTC) or instant
    #[arg(long, value_name = "DATE", value_parser = moment)]
    to: Option<Moment>,
    /// Show counts and durations over all of them too
    #[arg(long)]
    stats: bool,
    #[command(flatten)]
    page: PageArgs,
}

impl Run {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let Self { verb, server } = self;
        server.run(async |session| act(verb, &session).await)
    }
}

async fn act(verb: Verb, session: &Session) -> Result<(), CommandError> {
    match verb {
        Verb::List(list) => list.show(session).await,
        Verb::Show { run } => {
            let id = session.run(&run).await?;
            let answer = session.client.send(&calls::GetExecution::new(id.clone())).await?;
            let drafts = if session.is_json { Vec::new() } else { drafts_of(session, &id).await? };
            session.tell(&answer, |session, run| sheet_of(session, run, &drafts))
        }
        Verb::Cancel { run, confirm } => {
            let id = session.run(&run).await?;
            confirm.ask(&format!("This stops {id} for good"))?;
            session.show(&calls::CancelExecution::new(id), standing).await
        }
        Verb::Pause { run } => {
            let id = session.run(&run).await?;
            session.show(&calls::PauseExecution::new(id), standing).await
        }
        Verb::Resume { run } => {
            let id = session.run(&run).await?;
            session.show(&calls::ResumeExecution::new(id), standing).await
        }
        Verb::Pin { run } => {
            let id = session.run(&run).await?;
            session.show(&calls::PinExecution::new(id), kept).await
        }
        Verb::Unpin { run } => {
            let id = session.run(&run).await?;
            session.show(&calls::UnpinExecution::new(id), kept).await
        }
        Verb::Answer { run, now: _, at, skip } => {
            let id = session.run(&run).await?;
            let answer = match (at, skip) {
                (Some(_), _) => types::AnswerWord::RunAt,
                (None, true) => types::AnswerWord::Skip,
                (None, false) => types::AnswerWord::RunNow,
            };
            let body = types::AnswerBody { answer, at };
            session.show(&calls::AnswerExecution::new(id, body), standing).await
        }
        Verb::Replay { run: None, dead, from_failed, .. } => dead.replay(session, from_failed).await,
        Verb::Replay { run: Some(run), dead: _, from_step, from_failed, platforms } => {
            let id = session.run(&run).await?;
            let platforms: Vec<_> = platforms.iter().map(|it| it.word()).collect();
            let payload = (!platforms.is_empty()).then_some(types::PayloadBody {
                platforms: Some(platforms),
                ..types::PayloadBody::default()
            });
            let from_failed_step = from_failed.then_some(true);
            let body = Some(types::ReplayBody { from_step, from_failed_step, payload });
            let told = |_: &Session, it: &types::TriggeredBody| format!("{} {}", it.execution_id, it.status);
            session.show(&calls::ReplayExecution { body, ..calls::ReplayExecution::new(id) }, told).await
        }
        Verb::Dismiss { run: None, dead } => dead.dismiss(session).await,
        Verb::Dismiss { run: Some(run), dead: _ } => {
            let id = session.run(&run).await?;
            session.show(&calls::DismissExecution::new(id), standing).await
        }
        Verb::Logs { run, follow } => super::logs::show(session, &run, follow).await,
    }
}

fn standing(_: &Session, run: &Execution) -> String {
    format!("{} {}", run.id, run.status)
}

fn kept(_: &Session, run: &Execution) -> String {
    let how = if run.pinned_at.is_some() { "is kept whatever its age" } else { "goes in its time" };
    format!("{} {how}", run.id)
}

/// Returns what a run wrote.
pub(super) async fn drafts_of(session: &Session, id: &str) -> Result<Vec<types::Draft>, CommandError> {
    let call = calls::ListDrafts {
        execution_id: Some(id.to_owned()),
        limit: Some(200),
        ..calls::ListDrafts::default()
    };
    Ok(session.client.all(call).await?.value.items)
}

impl ListArgs {
    async fn show(self, session: &Session) -> Result<(), CommandError> {
        let mut call = calls::ListExecutions {
            status: self.status.clone().map(ExecutionStatus::from),
            trigger: self.trigger.clone().map(types::Trigger::from),
            dead_letter: self.dead.then_some(true),
            from: self.from.map(Moment::start),
            to: self.to.map(Moment::end),
            stats: self.stats.then_some(true),
            limit: self.page.limit(),
            cursor: self.page.cursor(),
            ..calls::ListExecutions::default()
        };
        if let Some(job) = &self.job {
            call.job_id = Some(session.job(job).await?.id);
        }
        if let Some(project) = &self.project {
            call.project_id = Some(session.project(project).await?.id);
        }
        let none = "No such runs.";
        if self.page.all() {
            let answer = session.client.all(call.clone()).await?;
            self.stats_of(session, call).await?;
            return session.listed(&answer, none, rows);
        }
        let answer = session.client.send(&call).await?;
        if let (Some(stats), false) = (&answer.value.stats, session.is_json) {
            print(&stats_sheet(stats))?;
            print("")?;
        }
        let List { items, next_cursor } =
            List { items: answer.value.items, next_cursor: answer.value.next_cursor };
        let answer = Answer { value: List { items, next_cursor }, json: answer.json, etag: answer.etag };
        session.listed(&answer, none, rows)
    }

    async fn stats_of(&self, session: &Session, mut call: calls::ListExecutions) -> Result<(), CommandError> {
        if !self.stats || session.is_json {
            return Ok(());
        }
        call.limit = Some(1);
        if let Some(stats) = session.ask(&call).await?.stats {
            print(&stats_sheet(&stats))?;
        }
        Ok(())
    }
}

fn stats_sheet(stats: &types::Stats) -> String {
    let count = |number: u64| Some(number.to_string());
    let time = |ms: Option<u64>| ms.map(lasted);
    sheet([
        ("runs", count(stats.total)),
        ("completed", count(stats.completed)),
        ("partial", count(stats.partial)),
        ("failed", count(stats.failed)),
        ("skipped", count(stats.skipped)),
        ("missed", count(stats.missed)),
        ("cancelled", count(stats.cancelled)),
        ("success rate", stats.success_rate.map(|rate| format!("{:.1} %", rate * 100.0))),
        ("mean duration", time(stats.average_duration_ms)),
        (
            "p50, p95",
            time(stats.p50_duration_ms).zip(time(stats.p95_duration_ms)).map(|(a, b)| format!("{a}, {b}")),
        ),
    ])
}

fn rows(session: &Session, runs: &[Execution]) -> String {
    let head = format!("recorded ({})", session.when.zone());
    let row = |run: &Execution| {
        let lasted = run.duration_ms.map(lasted).unwrap_or_default();
        [
            run.id.clone(),
            run.status.to_string(),
            run.trigger.to_string(),
            session.when.brief(run.created_at),
            lasted,
            run.waiting_for.as_ref().map(|it| it.kind.to_string()).unwrap_or_default(),
        ]
    };
    table(["id", "status", "trigger", &head, "lasted", "waits for"], runs.iter().map(row))
}

/// Returns how many platforms were written for, of a run that writes.
fn platforms(run: &Execution) -> Option<String> {
    let writes = run.r#type == types::JobType::GenerateContent;
    writes.then(|| format!("{} done, {} given up", run.items.succeeded, run.items.failed))
}

/// Returns what a server answered, of a run that asked one.
fn answer(run: &Execution) -> Option<String> {
    if run.r#type != types::JobType::HttpRequest {
        return None;
    }
    let output = &run.output;
    let number = |name: &str| output.get(name).and_then(serde_json::Value::as_u64);
    let body = output.get("body").and_then(serde_json::Value::as_str).unwrap_or_default();
    let beginning: String = body.chars().take(200).collect();
    let told = format!("{} in {} ms, {} bytes", number("status")?, number("tookMs")?, number("bodyBytes")?);
    Some(if body.is_empty() { told } else { format!("{told}: {}", super::text::plain(&beginning)) })
}

/// Returns one run with its steps and drafts.
pub(super) fn sheet_of(session: &Session, run: &Execution, drafts: &[types::Draft]) -> String {
    let when = |at: Option<dateline_openapi::Instant>| at.map(|at| session.when.whole(at));
    let why = run.error.as_ref().map(|error| {
        let step = error.step.as_deref().map(|step| format!(" in {step}")).unwrap_or_default();
        format!("{}{step}: {}", error.class, error.chain.join(": "))
    });
    let mut shown = sheet([
        ("id", Some(run.id.clone())),
        ("job", Some(run.job_id.clone())),
        ("status", Some(run.status.to_string())),
        ("trigger", Some(run.trigger.to_string())),
        ("replay of", run.replay_of.clone()),
        ("pinned", when(run.pinned_at)),
        ("follows", Some(run.follows.join(", ")).filter(|ids| !ids.is_empty())),
        ("followed by", run.followers.as_ref().map(|ids| ids.join(", ")).filter(|ids| !ids.is_empty())),
        ("due", when(run.due_at)),
        ("reason", run.reason.clone()),
        ("waits for", run.waiting_for.as_ref().map(|it| format!("{}: {}", it.kind, it.text))),
        ("key", run.concurrency.as_ref().map(|it| format!("{}, {} at once", it.key, it.limit))),
        ("error", why),
        ("dead letter", run.dead_letter.as_ref().map(dead::settled)),
        ("next attempt", when(run.next_attempt_at)),
        ("recorded", when(Some(run.created_at))),
        ("started", when(run.started_at)),
        ("finished", when(run.finished_at)),
        ("lasted", run.duration_ms.map(lasted)),
        ("attempts", Some(run.attempts.len().to_string())),
        ("platforms", platforms(run)),
        ("answer", answer(run)),
    ]);
    let steps = run.steps.as_deref().unwrap_or_default();
    if !steps.is_empty() {
        let row = |step: &types::StepBody| {
            let ms = (step.finished_at - step.started_at).num_milliseconds();
            let state = if step.is_done { "done" } else { "failed" };
            let why = step.error.as_ref().map(|error| error.chain.join(": ")).unwrap_or_default();
            [
                step.name.clone(),
                state.into(),
                step.attempt.to_string(),
                lasted(u64::try_from(ms).unwrap_or_default()),
                why,
            ]
        };
        shown += &format!("\n\n{}", table(["step", "state", "attempt", "lasted", ""], steps.iter().map(row)));
    }
    if !drafts.is_empty() {
        let row = |draft: &types::Draft| {
            [
                draft.id.clone(),
                draft.platform.to_string(),
                draft.status.to_string(),
                super::draft::title_of(draft),
            ]
        };
        shown += &format!("\n\n{}", table(["draft", "platform", "status", "title"], drafts.iter().map(row)));
    }
    shown
}
