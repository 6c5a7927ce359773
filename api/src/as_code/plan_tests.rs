use super::*;
use crate::as_code::file::read;

fn fields(value: Value) -> Map<String, Value> {
    value.as_object().expect("an object").clone()
}

const DAILY: &str =
    "type: GENERATE_CONTENT, frequency: DAILY, timeConfig: {hour: 9, minute: 0, timezone: UTC}";

fn job(id: &str, name: &str, hour: u64) -> StandingJob {
    let time = json!({ "hour": hour, "minute": 0, "timezone": "UTC" });
    let fields = fields(
        json!({ "name": name, "type": "GENERATE_CONTENT", "frequency": "DAILY", "timeConfig": time, "isEnabled": true }),
    );
    StandingJob { id: format!("job_01KAR6V8G0M3N9T5X7Y2B4C6{id}"), version: 3, name: name.into(), fields }
}

fn project(id: &str, name: &str, jobs: Vec<StandingJob>) -> StandingProject {
    let fields =
        fields(json!({ "name": name, "source": { "kind": "GIT", "path": "/src" }, "timezone": "UTC" }));
    StandingProject {
        id: format!("prj_01KAR6V8G0M3N9T5X7Y2B4C6{id}"),
        version: 2,
        name: name.into(),
        fields,
        jobs,
    }
}

/// Returns the steps in short: `+App`, `~App/Daily:timeConfig.hour`, `-App/Old`, and what stays, `?Other`.
fn steps(projects: &str, standing: Vec<StandingProject>, unnamed: Unnamed) -> Result<Vec<String>, String> {
    let file = read(&format!("version: 1\nprojects:\n{projects}")).expect("a file");
    planned(&file, &Standing { projects: standing, jobs: Vec::new() }, unnamed)
}

fn planned(file: &File, standing: &Standing, unnamed: Unnamed) -> Result<Vec<String>, String> {
    let plan = plan(file, standing, unnamed).map_err(|slips| slips.to_string())?;
    let subject = |it: &Subject| match (&it.project, &it.job) {
        (project, Some(job)) => format!("{}/{job}", project.as_deref().unwrap_or_default()),
        (project, None) => project.clone().unwrap_or_default(),
    };
    let short = |step: &Step| match &step.action {
        Action::Create { .. } => format!("+{}", subject(&step.subject)),
        Action::Change { differences, .. } => {
            let fields: Vec<_> = differences.iter().map(|it| it.field.as_str()).collect();
            format!("~{}:{}", subject(&step.subject), fields.join(","))
        }
        Action::Remove { jobs, .. } => format!("-{}({jobs})", subject(&step.subject)),
    };
    let stays = plan.unnamed.iter().map(|it| format!("?{}", subject(it)));
    Ok(plan.steps.iter().map(short).chain(stays).collect())
}

#[track_caller]
fn check(projects: &str, standing: Vec<StandingProject>, unnamed: Unnamed, expected: &[&str]) {
    assert_eq!(steps(projects, standing, unnamed).expect("a plan"), expected);
}

fn app(rest: &str) -> String {
    format!("  - name: App\n    source: {{kind: GIT, path: /src}}\n{rest}")
}

#[test]
fn what_is_not_there_is_created_with_its_jobs() {
    let file = app(&format!("    jobs:\n      - {{name: Daily, {DAILY}}}\n"));
    check(&file, vec![], Unnamed::Stay, &["+App", "+App/Daily"]);
    check(&file, vec![project("D8", "App", vec![])], Unnamed::Stay, &["+App/Daily"]);
}

#[test]
fn what_stands_as_it_should_needs_nothing() {
    let file = app(&format!("    jobs:\n      - {{name: Daily, {DAILY}}}\n"));
    check(&file, vec![project("D8", "App", vec![job("E1", "Daily", 9)])], Unnamed::Go, &[]);
}

#[test]
fn what_stands_otherwise_is_changed() {
    let file = app(&format!("    timezone: Asia/Tokyo\n    jobs:\n      - {{name: Daily, {DAILY}}}\n"));
    let standing = vec![project("D8", "App", vec![job("E1", "Daily", 8)])];
    check(&file, standing, Unnamed::Stay, &["~App:timezone", "~App/Daily:timeConfig.hour"]);
}

#[test]
fn what_the_file_does_not_name_stays_unless_it_is_to_go() {
    let standing = || {
        vec![
            project("D8", "App", vec![job("E1", "Daily", 9), job("E2", "Old", 9)]),
            project("D9", "Other", vec![job("E3", "Daily", 9)]),
        ]
    };
    let file = app(&format!("    jobs:\n      - {{name: Daily, {DAILY}}}\n"));
    check(&file, standing(), Unnamed::Stay, &["?App/Old", "?Other"]);
    check(&file, standing(), Unnamed::Go, &["-App/Old(0)", "-Other(1)"]);
    check(&app("    jobs: []\n"), standing(), Unnamed::Go, &["-App/Daily(0)", "-App/Old(0)", "-Other(1)"]);
    check(&app(""), standing(), Unnamed::Go, &["-Other(1)"]);
}

#[test]
fn names_that_mean_several_need_an_id() {
    let standing = || vec![project("D8", "App", vec![job("E1", "Daily", 9), job("E2", "Daily", 10)])];
    let file = app(&format!("    jobs:\n      - {{name: Daily, {DAILY}}}\n"));
    let told = steps(&file, standing(), Unnamed::Stay).expect_err("several");
    assert!(told.contains("line 6") && told.contains("C6E1, job_01KAR6V8G0M3N9T5X7Y2B4C6E2"), "{told}");
    let by_id = |id: &str, name: &str| {
        app(&format!("    jobs:\n      - {{id: job_01KAR6V8G0M3N9T5X7Y2B4C6{id}, name: {name}, {DAILY}}}\n"))
    };
    check(&by_id("E1", "Daily"), standing(), Unnamed::Stay, &["?App/Daily"]);
    check(
        &by_id("E2", "Renamed"),
        standing(),
        Unnamed::Stay,
        &["~App/Renamed:name,timeConfig.hour", "?App/Daily"],
    );
    let told = steps(&by_id("ZZ", "Daily"), standing(), Unnamed::Stay).expect_err("nobody");
    assert!(
        told.contains("projects[0].jobs[0].id") && told.contains("expected an id the server has"),
        "{told}"
    );
}

#[test]
fn a_job_moves_by_its_id() {
    let standing = vec![project("D8", "App", vec![]), project("D9", "Other", vec![job("E1", "Daily", 9)])];
    let file =
        app(&format!("    jobs:\n      - {{id: job_01KAR6V8G0M3N9T5X7Y2B4C6E1, name: Daily, {DAILY}}}\n"));
    check(&file, standing, Unnamed::Stay, &["~App/Daily:project", "?Other"]);
}

#[test]
fn jobs_without_a_project_stand_beside_the_projects() {
    let file = |jobs: &str| read(&format!("version: 1\nprojects: []\n{jobs}")).expect("a file");
    let standing =
        |jobs| Standing { projects: vec![project("D8", "App", vec![job("E9", "Moves", 9)])], jobs };
    let check = |jobs: &str, own: Vec<StandingJob>, unnamed, expected: &[&str]| {
        assert_eq!(planned(&file(jobs), &standing(own), unnamed).expect("a plan"), expected, "{jobs}");
    };
    let own = || vec![job("E1", "Daily", 8), job("E2", "Old", 9)];
    let daily = format!("jobs:\n  - {{name: Daily, {DAILY}}}\n");
    check(&daily, vec![], Unnamed::Stay, &["+/Daily", "?App"]);
    check(&daily, own(), Unnamed::Stay, &["~/Daily:timeConfig.hour", "?App", "?/Old"]);
    check(&daily, own(), Unnamed::Go, &["~/Daily:timeConfig.hour", "-App(1)", "-/Old(0)"]);
    check("", own(), Unnamed::Go, &["-App(1)"]);
    let moved = format!("jobs:\n  - {{id: job_01KAR6V8G0M3N9T5X7Y2B4C6E9, name: Moves, {DAILY}}}\n");
    check(&moved, vec![], Unnamed::Stay, &["~/Moves:project", "?App"]);
}

#[test]
fn only_what_is_created_needs_all_its_fields() {
    let file = format!("  - name: App\n    jobs:\n      - {{name: New, {DAILY}}}\n");
    check(&file, vec![project("D8", "App", vec![])], Unnamed::Stay, &["+App/New"]);
    let told = steps(&file, vec![], Unnamed::Stay).expect_err("nowhere to read");
    assert!(told.starts_with("line 3, column 5: projects[0].source: expected where"), "{told}");
}
