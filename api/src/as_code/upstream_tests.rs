use serde_json::json;

use super::*;
use crate::as_code::file::read;
use crate::as_code::plan::{Unnamed, plan};
use crate::as_code::standing::StandingProject;

fn standing_job(id: &str, name: &str, depends_on: Value) -> StandingJob {
    let mut fields = Map::new();
    fields.insert("name".into(), json!(name));
    if !depends_on.is_null() {
        fields.insert("dependsOn".into(), depends_on);
    }
    StandingJob { id: id.into(), version: 1, name: name.into(), fields }
}

fn standing_project(id: &str, name: &str, jobs: Vec<StandingJob>) -> StandingProject {
    StandingProject { id: id.into(), version: 1, name: name.into(), fields: Map::new(), jobs }
}

fn after(jobs: &[&str]) -> Value {
    json!({ "jobs": jobs, "mode": "ALL", "on": "SUCCESS" })
}

const FIELDS: &str = "type: GENERATE_CONTENT, frequency: NONE, timeConfig: {timezone: UTC}";

fn file(jobs: &[(&str, &str)]) -> String {
    let mut text = String::from(
        "version: 1\nprojects:\n  - name: App\n    source: {kind: GIT, path: /src}\n    jobs:\n",
    );
    for (name, depends_on) in jobs {
        text += &format!("      - {{name: {name}, {FIELDS}{depends_on}}}\n");
    }
    text
}

/// Returns the steps a file asks for: the job, and what it then depends on.
fn steps(text: &str, projects: Vec<StandingProject>) -> Result<Vec<String>, String> {
    let file = read(text).map_err(|slips| slips.to_string())?;
    let plan = plan(&file, &Standing { projects, jobs: Vec::new() }, Unnamed::Stay)
        .map_err(|slips| slips.to_string())?;
    let short = |step: &Step| {
        let upstream = match &step.action {
            Action::Create { upstream, .. } | Action::Change { upstream, .. } => &upstream[..],
            Action::Remove { .. } => &[],
        };
        let names = upstream.iter().map(|meant| match meant {
            Meant::Known(id) => id.clone(),
            Meant::Created(pointer) => format!("@{}", &pointer[pointer.len() - 1..]),
        });
        let name = step.subject.job.clone().unwrap_or_default();
        format!("{name}({})", names.collect::<Vec<_>>().join(","))
    };
    Ok(plan.steps.iter().filter(|step| step.subject.job.is_some()).map(short).collect())
}

#[test]
fn what_is_created_comes_after_what_it_depends_on() {
    let text = file(&[("C", ", dependsOn: {jobs: [B, A]}"), ("B", ", dependsOn: {jobs: [A]}"), ("A", "")]);
    assert_eq!(steps(&text, vec![]).expect("a plan"), ["A()", "B(@2)", "C(@1,@2)"]);
}

#[test]
fn what_waits_for_itself_is_a_slip() {
    let text = file(&[("A", ", dependsOn: {jobs: [B]}"), ("B", ", dependsOn: {jobs: [A]}")]);
    let told = steps(&text, vec![]).expect_err("a cycle");
    assert!(told.contains("projects[0].jobs[0].dependsOn.jobs: expected jobs that do not"), "{told}");
}

#[test]
fn names_mean_jobs_of_the_project_or_of_another() {
    let there = || {
        vec![
            standing_project("prj_1", "App", vec![standing_job("job_1", "Sync", Value::Null)]),
            standing_project("prj_2", "Site", vec![standing_job("job_2", "Sync", Value::Null)]),
        ]
    };
    let check = |named: &str, meant: &str| {
        let text = file(&[("New", &format!(", dependsOn: {{jobs: [{named}]}}"))]);
        assert_eq!(steps(&text, there()).expect(named), [format!("New({meant})")], "{named}");
    };
    check("Sync", "job_1");
    check("App/Sync", "job_1");
    check("Site/Sync", "job_2");
    check("job_2", "job_2");
    let told = steps(&file(&[("New", ", dependsOn: {jobs: [Sink]}")]), there()).expect_err("nobody");
    assert!(told.contains("dependsOn.jobs[0] is `Sink`: expected a job beside it"), "{told}");
}

#[test]
fn what_is_written_down_is_found_again() {
    let standing = Standing {
        projects: vec![
            standing_project(
                "prj_1",
                "App",
                vec![
                    standing_job("job_1", "Sync", Value::Null),
                    standing_job("job_2", "Twin", Value::Null),
                    standing_job("job_3", "Twin", Value::Null),
                    standing_job("job_4", "Last", after(&["job_1", "job_2", "job_5", "job_9"])),
                ],
            ),
            standing_project("prj_2", "Site", vec![standing_job("job_5", "Sync", Value::Null)]),
        ],
        jobs: Vec::new(),
    };
    let written = standing.file();
    assert_eq!(
        written.pointer("/projects/0/jobs/3/dependsOn/jobs"),
        Some(&json!(["Sync", "job_2", "Site/Sync", "job_9"]))
    );
}

#[test]
fn nothing_differs_when_the_same_is_meant() {
    let there = || {
        let jobs = vec![
            standing_job("job_1", "Sync", Value::Null),
            standing_job("job_2", "Last", after(&["job_1"])),
        ];
        vec![standing_project("prj_1", "App", jobs)]
    };
    let text = |depends_on: &str| {
        format!(
            "version: 1\nprojects:\n  - name: App\n    jobs:\n      - {{name: Last, {FIELDS}{depends_on}}}\n"
        )
    };
    let changed = |depends_on: &str| {
        let file = read(&text(depends_on)).expect("a file");
        let plan =
            plan(&file, &Standing { projects: there(), jobs: Vec::new() }, Unnamed::Stay).expect("a plan");
        let differs = |step: &Step| match &step.action {
            Action::Change { differences, .. } => {
                differences.iter().any(|it| it.field.starts_with("dependsOn"))
            }
            Action::Create { .. } | Action::Remove { .. } => true,
        };
        plan.steps.iter().any(differs)
    };
    assert!(!changed(", dependsOn: {jobs: [Sync]}"));
    assert!(!changed(", dependsOn: {jobs: [job_1], mode: ALL, on: SUCCESS}"));
    assert!(!changed(""));
    assert!(changed(", dependsOn: {jobs: [Sync], on: ANY}"));
    assert!(changed(", dependsOn: null"));
}
