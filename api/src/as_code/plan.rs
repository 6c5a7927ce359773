//! What has to be done so that a server is as a file says: decided before anything is.

use serde_json::{Map, Value, json};

use super::difference::{Difference, differences, patch};
use super::file::{File, Slip, Slips, WantedJob, WantedProject};
use super::standing::{Standing, StandingJob, StandingProject};
use super::upstream::{Names, ordered, renamed};

/// Whether what the file does not name may stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unnamed {
    /// It stays, and is told.
    Stay,
    /// It is cancelled or removed.
    Go,
}

/// What to do, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
    /// What the file does not name and stays.
    pub unnamed: Vec<Subject>,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// To what.
    pub subject: Subject,
    /// What.
    pub action: Action,
    /// Where the file wants it; empty for what it does not name.
    pub pointer: String,
}

/// What a step is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The project's name; `None` for a job without one.
    pub project: Option<String>,
    /// The job's name; `None` for the project itself.
    pub job: Option<String>,
}

/// Which project a job belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// One the server has.
    Known(String),
    /// The one this file's entry creates.
    Created(String),
    /// None: it is the caller's own.
    Caller,
}

/// Which job another one depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant {
    /// One the server has.
    Known(String),
    /// The one this file's entry creates.
    Created(String),
}

/// What becomes of a project or a job.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// It is created with these fields.
    Create {
        /// Whose a job is; `None` for a project.
        owner: Option<Owner>,
        /// What is sent.
        fields: Map<String, Value>,
        /// What a job depends on, in the order the fields name it.
        upstream: Vec<Meant>,
    },
    /// It is changed, if it still is in this version.
    Change {
        /// Its identity.
        id: String,
        /// The version that was looked at.
        version: u64,
        /// The project a job moves to.
        moves_to: Option<Owner>,
        /// What is sent.
        patch: Map<String, Value>,
        /// What a job then depends on, in the order the patch names it.
        upstream: Vec<Meant>,
        /// What that changes.
        differences: Vec<Difference>,
    },
    /// A job is cancelled for good, a project removed, if it still is in this version.
    Remove {
        /// Its identity.
        id: String,
        /// The version that was looked at.
        version: u64,
        /// How many jobs end with a project.
        jobs: usize,
    },
}

/// Returns what makes `standing` as `file` wants it.
///
/// # Errors
/// [`Slips`] where the file does not say which one it means.
pub fn plan(file: &File, standing: &Standing, unnamed: Unnamed) -> Result<Plan, Slips> {
    let mut planner = Planner { file, standing, slips: Vec::new(), plan: Plan::default(), named: Vec::new() };
    for wanted in &file.projects {
        planner.project(wanted);
    }
    planner.own_jobs();
    planner.leftovers(unnamed);
    if !planner.slips.is_empty() {
        return Err(Slips(planner.slips));
    }
    let Plan { steps, unnamed } = planner.plan;
    let steps = ordered(steps).map_err(|step| {
        let expected = "jobs that do not depend on this one in turn";
        Slips(vec![file.slip(&format!("{}/dependsOn/jobs", step.pointer), "", expected)])
    })?;
    Ok(Plan { steps, unnamed })
}

struct Planner<'a> {
    file: &'a File,
    standing: &'a Standing,
    slips: Vec<Slip>,
    plan: Plan,
    /// The ids of what the file names.
    named: Vec<&'a str>,
}

/// Where the file wants jobs.
struct Place<'a> {
    /// The project's name; `None` for jobs without one.
    project: Option<&'a str>,
    /// The jobs that are there.
    near: &'a [StandingJob],
    owner: Owner,
}

/// Something that can be meant: its id and its name.
type Candidate<'a, T> = (&'a str, &'a str, &'a T);

impl<'a> Planner<'a> {
    fn project(&mut self, wanted: &'a WantedProject) {
        let taken: Vec<&str> = self.file.projects.iter().filter_map(|it| it.id.as_deref()).collect();
        let all = self.standing.projects.iter();
        let all: Vec<Candidate<'a, StandingProject>> =
            all.map(|it| (it.id.as_str(), it.name.as_str(), it)).collect();
        let id = wanted.id.as_deref();
        let found = match meant(&all, &all, id, &wanted.name, &taken) {
            Ok(found) => found,
            Err(expected) => return self.slip(&wanted.pointer, id, &wanted.name, &expected),
        };
        let subject = Subject { project: Some(wanted.name.clone()), job: None };
        let pointer = wanted.pointer.clone();
        let owner = match found {
            None => {
                if !wanted.fields.contains_key("source") {
                    let expected = "where its activity is read: the server has no such project, and it cannot be created without";
                    self.slips.push(self.file.slip(&format!("{pointer}/source"), "", expected));
                }
                let (fields, upstream) = (wanted.fields.clone(), Vec::new());
                let action = Action::Create { owner: None, fields, upstream };
                self.plan.steps.push(Step { subject, action, pointer: pointer.clone() });
                Owner::Created(pointer)
            }
            Some(found) => {
                self.named.push(&found.id);
                let differences = differences(&wanted.fields, &found.fields);
                if !differences.is_empty() {
                    let patch = patch(&wanted.fields, &differences);
                    let action = Action::Change {
                        id: found.id.clone(),
                        version: found.version,
                        moves_to: None,
                        patch,
                        upstream: Vec::new(),
                        differences,
                    };
                    self.plan.steps.push(Step { subject, action, pointer });
                }
                Owner::Known(found.id.clone())
            }
        };
        let near = found.map(|it| it.jobs.as_slice()).unwrap_or_default();
        let place = Place { project: Some(&wanted.name), near, owner };
        let jobs = wanted.jobs.as_deref().unwrap_or_default();
        for job in jobs {
            self.job(&place, jobs, job);
        }
    }

    /// Plans what the file wants of jobs without a project.
    fn own_jobs(&mut self) {
        let place = Place { project: None, near: &self.standing.jobs, owner: Owner::Caller };
        let jobs = self.file.jobs.as_deref().unwrap_or_default();
        for job in jobs {
            self.job(&place, jobs, job);
        }
    }

    fn job(&mut self, place: &Place<'a>, beside: &'a [WantedJob], wanted: &'a WantedJob) {
        let taken: Vec<&str> = beside.iter().filter_map(|it| it.id.as_deref()).collect();
        let of = |it: &'a StandingJob| (it.id.as_str(), it.name.as_str(), it);
        let all = self.standing.projects.iter().flat_map(|it| &it.jobs).chain(&self.standing.jobs);
        let all: Vec<Candidate<'a, StandingJob>> = all.map(of).collect();
        let near: Vec<Candidate<'a, StandingJob>> = place.near.iter().map(of).collect();
        let id = wanted.id.as_deref();
        let found = match meant(&all, &near, id, &wanted.name, &taken) {
            Ok(found) => found,
            Err(expected) => return self.slip(&wanted.pointer, id, &wanted.name, &expected),
        };
        let subject = Subject { project: place.project.map(str::to_owned), job: Some(wanted.name.clone()) };
        let pointer = wanted.pointer.clone();
        let names = Names { file: self.file, standing: self.standing, beside, near: place.near };
        let upstream = match names.meant(&pointer, &wanted.fields) {
            Ok(upstream) => upstream,
            Err(slips) => return self.slips.extend(slips),
        };
        let Some(found) = found else {
            let mut fields = wanted.fields.clone();
            fields.retain(|_, value| !value.is_null());
            let action = Action::Create { owner: Some(place.owner.clone()), fields, upstream };
            return self.plan.steps.push(Step { subject, action, pointer });
        };
        self.named.push(&found.id);
        let fields = renamed(&wanted.fields, |index, text| match upstream.get(index) {
            Some(Meant::Known(id)) => id.clone(),
            Some(Meant::Created(_)) | None => text.to_owned(),
        });
        let mut differences = differences(&fields, &found.fields);
        let patch = patch(&fields, &differences);
        let upstream = if patch.contains_key("dependsOn") { upstream } else { Vec::new() };
        let home = self.standing.projects.iter().find(|it| it.jobs.iter().any(|job| job.id == found.id));
        let is_home = home.map_or(Owner::Caller, |it| Owner::Known(it.id.clone())) == place.owner;
        if !is_home {
            let (from, to) = (home.map(|it| json!(it.name)), place.project.map(|it| json!(it)));
            differences.insert(0, Difference { field: "project".into(), from, to });
        }
        if !differences.is_empty() {
            let moves_to = (!is_home).then(|| place.owner.clone());
            let (id, version) = (found.id.clone(), found.version);
            let action = Action::Change { id, version, moves_to, patch, upstream, differences };
            self.plan.steps.push(Step { subject, action, pointer });
        }
    }

    /// Plans what becomes of everything the file does not name. A project without `jobs` says nothing of its jobs.
    fn leftovers(&mut self, unnamed: Unnamed) {
        let mut left = Vec::new();
        for project in &self.standing.projects {
            if !self.named.contains(&project.id.as_str()) {
                let subject = Subject { project: Some(project.name.clone()), job: None };
                let jobs = project.jobs.iter().filter(|job| !self.named.contains(&job.id.as_str())).count();
                left.push((
                    subject,
                    Action::Remove { id: project.id.clone(), version: project.version, jobs },
                ));
                continue;
            }
            let is_silent = |it: &&WantedProject| {
                it.jobs.is_none() && it.id.as_deref().map_or(it.name == project.name, |id| id == project.id)
            };
            if self.file.projects.iter().any(|it| is_silent(&it)) {
                continue;
            }
            for job in project.jobs.iter().filter(|job| !self.named.contains(&job.id.as_str())) {
                let subject = Subject { project: Some(project.name.clone()), job: Some(job.name.clone()) };
                left.push((subject, Action::Remove { id: job.id.clone(), version: job.version, jobs: 0 }));
            }
        }
        // A file without `jobs` of its own says nothing of those without a project.
        let own = self.standing.jobs.iter().filter(|_| self.file.jobs.is_some());
        for job in own.filter(|job| !self.named.contains(&job.id.as_str())) {
            let subject = Subject { project: None, job: Some(job.name.clone()) };
            left.push((subject, Action::Remove { id: job.id.clone(), version: job.version, jobs: 0 }));
        }
        match unnamed {
            Unnamed::Stay => self.plan.unnamed = left.into_iter().map(|(subject, _)| subject).collect(),
            Unnamed::Go => {
                let step = |(subject, action)| Step { subject, action, pointer: String::new() };
                self.plan.steps.extend(left.into_iter().map(step));
            }
        }
    }

    fn slip(&mut self, pointer: &str, id: Option<&str>, name: &str, expected: &str) {
        let (field, value) = id.map_or(("name", name), |id| ("id", id));
        self.slips.push(self.file.slip(&format!("{pointer}/{field}"), value, expected));
    }
}

/// Returns which of `all` an id means, or which of `near` a name means that no other entry claims by its id.
fn meant<'a, T>(
    all: &[Candidate<'a, T>],
    near: &[Candidate<'a, T>],
    id: Option<&str>,
    name: &str,
    taken: &[&str],
) -> Result<Option<&'a T>, String> {
    if let Some(id) = id {
        let found = all.iter().find(|(it, ..)| *it == id).map(|(.., it)| *it);
        return found
            .map(Some)
            .ok_or_else(|| "an id the server has; without one, the name says which is meant".into());
    }
    let called: Vec<_> = near.iter().filter(|(id, it, _)| *it == name && !taken.contains(id)).collect();
    match called[..] {
        [] => Ok(None),
        [(.., only)] => Ok(Some(only)),
        _ => {
            let ids: Vec<_> = called.iter().map(|(id, ..)| *id).collect();
            Err(format!("an `id` beside it that says which is meant: {}", ids.join(", ")))
        }
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
