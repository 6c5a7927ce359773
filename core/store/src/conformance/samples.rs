//! Small values to fill a store with: the same numbers give the same values.

use std::sync::Arc;
use std::time::Duration;

use dateline_core::activity::{Repository, Window, WindowStart};
use dateline_core::brief::{Brief, BriefStats, Period, Style};
use dateline_core::content::{Content, Length, LengthUnit};
use dateline_core::draft::{BriefDigest, Draft, DraftState, Publication};
use dateline_core::execution::{AttemptEnd, Execution};
use dateline_core::execution::{
    AttemptOutcome, Items, LeaseKey, LogLevel, LogLine, Outcome, StepRecord, StepResult, Trigger,
};
use dateline_core::home::Home;
use dateline_core::id::{DraftId, ExecutionId, HolderId, JobId, ProjectId, PublicationId, SecretId, UserId};
use dateline_core::job::{GenerateContent, Job, JobClock, NextDue, Payload};
use dateline_core::pause::{JobPauses, Pauses};
use dateline_core::platform::Platform;
use dateline_core::policy::{Policy, Priority};
use dateline_core::project::{Project, ProjectPlatform};
use dateline_core::publisher::Target;
use dateline_core::queue::LIMIT_MAX;
use dateline_core::schedule::{LocalTime, Occurrence, Schedule};
use dateline_core::source::{Source, TokenRef};
use dateline_core::store::{
    AttemptReport, ClaimRequest, CursorMove, DraftWrite, Entry, FireDue, NewExecution, PageRequest,
    PlannedRun, StepCommit,
};
use dateline_core::time::{Timestamp, from_unix_ms};

/// Returns the instant `seconds` after the samples' beginning.
pub fn at(seconds: i64) -> Timestamp {
    from_unix_ms(1_800_000_000_000 + seconds * 1_000)
}

/// Returns a request for a first page that holds everything a check makes.
pub fn all() -> PageRequest {
    PageRequest { limit: 10_000, after: None }
}

/// Returns project number `n`.
pub fn project(n: u128) -> Project {
    Project {
        owner: dateline_core::id::UserId::OWNER,
        is_confined: false,
        pauses: Pauses::default(),
        id: ProjectId::from_bits(n),
        name: format!("project {n}"),
        source: Source::Git { path: format!("/repositories/{n}"), branch: None },
        platforms: vec![ProjectPlatform {
            platform: Platform::Devto,
            is_enabled: true,
            settings: dateline_core::project::PlatformSettings::default(),
        }],
        timezone: "Europe/Paris".to_owned(),
        style: Style::default(),
        executions_max: 1,
        version: 1,
        created_at: at(0),
        updated_at: at(0),
    }
}

/// Returns project number `n` on GitHub, with a token that stands in row `secret`.
pub fn github_project(n: u128, secret: u128) -> Project {
    let token = TokenRef { secret: SecretId::from_bits(secret), hint: None };
    let (owner, repo) = ("example".to_owned(), format!("r{n}"));
    let source = Source::Github { owner, repo, branch: None, api_url: None, token: Some(token) };
    Project { source, ..project(n) }
}

/// Returns job number `n` of project number `project`, enabled.
pub fn job(n: u128, project: u128) -> Job {
    let time_config = r#"{"frequency":"DAILY","timeConfig":{"hour":9,"minute":0,"timezone":"Europe/Paris"}}"#;
    Job {
        id: JobId::from_bits(n),
        home: ProjectId::from_bits(project).into(),
        name: format!("Job {n}"),
        schedule: serde_json::from_str::<Schedule>(time_config).expect("the sample is a schedule"),
        is_enabled: true,
        policy: Policy::default(),
        payload: Payload::GenerateContent(GenerateContent::default()),
        depends_on: None,
        listens_to: Vec::new(),
        condition: None,
        pauses: Pauses::default(),
        cancelled_at: None,
        version: 1,
        created_at: at(0),
        updated_at: at(0),
    }
}

/// Returns job number `n`, which has no project and is user number `person`'s own.
pub fn own_job(n: u128, person: u128) -> Job {
    Job { home: Home::Person(UserId::from_bits(person)), ..job(n, 0) }
}

/// Returns job number `n` with another priority.
pub fn job_with_priority(n: u128, project: u128, level: u8) -> Job {
    let mut job = job(n, project);
    job.policy.priority = Priority::new(level).unwrap_or_default();
    job
}

/// Returns an occurrence due `seconds` after the beginning.
pub fn occurrence(seconds: i64) -> Occurrence {
    let due_at = at(seconds);
    let local = LocalTime { nominal: due_at.naive_utc(), offset_seconds: 0, fold: 0 };
    Occurrence { due_at, local, note: None, effective_at: due_at, excluded: None }
}

/// Returns a clock that has recorded through `through` and next comes `next`, seconds after the beginning.
pub fn clock(through: i64, next: i64) -> JobClock {
    JobClock { recorded_through: at(through), next: NextDue::At(occurrence(next)), runs: 0 }
}

/// Returns such a clock after `runs` runs.
pub fn clock_after(runs: u64, through: i64, next: i64) -> JobClock {
    JobClock { runs, ..clock(through, next) }
}

/// Returns a plan that runs the occurrence at `due` as execution `id`, and the next at `next`.
pub fn fire(job: &Job, through: i64, id: u128, due: i64, next: i64) -> FireDue {
    FireDue {
        job: job.id,
        version: job.version,
        recorded_through: at(through),
        pauses: JobPauses::default(),
        runs: vec![PlannedRun {
            id: ExecutionId::from_bits(id),
            occurrence: occurrence(due),
            ready_at: at(due),
            entry: Entry::ByPolicy,
        }],
        passed: Vec::new(),
        ranges: Vec::new(),
        clock: clock(due, next),
        now: at(due),
    }
}

/// Returns a manual execution.
pub fn manual(id: u128, job: u128, now: i64) -> NewExecution {
    NewExecution {
        id: ExecutionId::from_bits(id),
        job: JobId::from_bits(job),
        trigger: Trigger::Manual,
        payload: None,
        overlap: None,
        copied_steps: Vec::new(),
        now: at(now),
    }
}

/// Returns a request for work whose leases last 15 seconds.
pub fn claim(holder: u128, limit: usize, now: i64) -> ClaimRequest {
    let (holder, projects_max) = (HolderId::from_bits(holder), LIMIT_MAX);
    ClaimRequest { holder, limit, projects_max, is_clock_back: false, expires_at: at(now + 15), now: at(now) }
}

/// Returns the record of a step that is done.
pub fn step(name: &str, attempt: u32, now: i64) -> StepRecord {
    StepRecord {
        name: name.to_owned(),
        attempt,
        started_at: at(now),
        finished_at: at(now),
        result: StepResult::Done { output: serde_json::json!({ "step": name, "at": now }) },
        copied_from: None,
    }
}

/// Returns a commit of one done step and nothing else.
pub fn commit(lease: LeaseKey, name: &str, now: i64) -> StepCommit {
    StepCommit {
        lease,
        step: step(name, 1, now),
        logs: vec![line(&format!("{name} is done"), now)],
        draft: None,
        cursors: Vec::new(),
        sync: None,
        now: at(now),
    }
}

/// Returns a commit of the step that writes draft `draft` for `platform`, and moves its cursor from nowhere.
pub fn write_step(
    execution: &Execution,
    lease: LeaseKey,
    draft_id: u128,
    platform: Platform,
    now: i64,
) -> StepCommit {
    let write =
        DraftWrite { draft: draft(draft_id, execution, platform, now), brief: Arc::new(brief("brief")) };
    let sha = format!("{draft_id:040x}");
    StepCommit {
        draft: Some(write),
        cursors: vec![CursorMove { platform, stream: "refs/heads/main".to_owned(), from: None, sha }],
        ..commit(lease, &format!("write/{}", platform.step_name()), now)
    }
}

/// Returns a log line.
pub fn line(message: &str, now: i64) -> LogLine {
    LogLine { at: at(now), level: LogLevel::Info, attempt: 1, step: None, message: message.to_owned() }
}

/// Returns the report of an attempt that did everything.
pub fn done(lease: LeaseKey, now: i64) -> AttemptReport {
    report(lease, AttemptEnd::Done(Outcome::Completed), AttemptOutcome::Succeeded, now)
}

/// Returns the report of an attempt.
pub fn report(lease: LeaseKey, end: AttemptEnd, outcome: AttemptOutcome, now: i64) -> AttemptReport {
    AttemptReport {
        lease,
        end,
        outcome,
        error: None,
        items: Items { processed: 1, succeeded: 1, failed: 0 },
        output: serde_json::json!({ "drafts": [] }),
        logs: vec![line("the attempt is over", now)],
        now: at(now),
    }
}

/// Returns the digest that stands for [`brief`] of the same text.
pub fn digest(text: &str) -> BriefDigest {
    BriefDigest(blake3::hash(text.as_bytes()).to_hex().to_string())
}

/// Returns a brief without items.
pub fn brief(text: &str) -> Brief {
    let day = at(0).date_naive();
    Brief {
        project: text.to_owned(),
        repository: Repository { name: text.to_owned(), branch: Some("main".to_owned()), links: None },
        window: Window {
            after: None,
            head: "0".repeat(40),
            from: at(0),
            to: at(1),
            start: WindowStart::ThirtyDays,
        },
        period: Period { first: day, last: day },
        items: Vec::new(),
        dropped: Vec::new(),
        bumps: Vec::new(),
        releases: Vec::new(),
        stats: BriefStats::default(),
        hot_files: Vec::new(),
        notes: Vec::new(),
        style: Style::default(),
    }
}

/// Returns a text.
pub fn content(body: &str) -> Content {
    Content {
        title: Some("What changed".to_owned()),
        body: body.to_owned(),
        summary: "What changed.".to_owned(),
        tags: vec!["rust".to_owned()],
        length: Length { used: body.chars().count(), max: None, unit: LengthUnit::Characters },
    }
}

/// Returns a draft that `execution` wrote.
pub fn draft(id: u128, execution: &Execution, platform: Platform, now: i64) -> Draft {
    Draft {
        id: DraftId::from_bits(id),
        // Only what has a project writes drafts.
        project: execution.home.project().unwrap_or(ProjectId::from_bits(0)),
        job: execution.job,
        execution: execution.id,
        platform,
        state: DraftState::Draft,
        revision: 1,
        content: content("The scheduler survives a restart."),
        evidence: Vec::new(),
        findings: Vec::new(),
        cut: Vec::new(),
        composition: None,
        brief: digest("brief"),
        writer: "template/1".to_owned(),
        note: None,
        version: 1,
        created_at: at(now),
        updated_at: at(now),
    }
}

/// Returns the intent to publish a draft's first revision to a folder.
pub fn publication(id: u128, draft: u128, folder: &str, now: i64) -> Publication {
    Publication {
        id: PublicationId::from_bits(id),
        draft: DraftId::from_bits(draft),
        revision: 1,
        target: Target::Folder { path: folder.to_owned(), site: dateline_core::publisher::SiteKind::Hugo },
        intended_at: at(now),
        outcome: None,
    }
}

/// The start timeout of the sample jobs.
pub const START_TIMEOUT: Duration = Duration::from_secs(24 * 3600);
