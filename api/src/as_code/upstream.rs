//! What a job of a file depends on: by the names in the file, by the ids of the server.
//!
//! A file says `Sync` for a job beside it, `Other/Sync` for one of another project, or an id. A job that the file creates
//! has no id yet, so it is meant by where it stands until it is created; what depends on it comes after it.

use serde_json::{Map, Value, json};

use super::file::{File, Slip, WantedJob};
use super::plan::{Action, Meant, Step};
use super::standing::{Standing, StandingJob};

/// Returns the jobs that a job's fields name, with their place in the list.
fn named(fields: &Map<String, Value>) -> impl Iterator<Item = (usize, &str)> {
    let jobs = fields.get("dependsOn").and_then(|it| it.get("jobs")).and_then(Value::as_array);
    jobs.into_iter().flatten().filter_map(Value::as_str).enumerate()
}

/// Replaces the jobs that a job's fields name by what is given for each.
pub(super) fn renamed(
    fields: &Map<String, Value>,
    mut name: impl FnMut(usize, &str) -> String,
) -> Map<String, Value> {
    let names: Vec<String> = named(fields).map(|(index, text)| name(index, text)).collect();
    let mut fields = fields.clone();
    if let Some(jobs) = fields.get_mut("dependsOn").and_then(|it| it.get_mut("jobs")) {
        *jobs = json!(names);
    }
    fields
}

/// Resolves the names in a file for a job of one of its homes.
pub(super) struct Names<'a> {
    pub(super) file: &'a File,
    pub(super) standing: &'a Standing,
    /// The jobs of the file at home with it.
    pub(super) beside: &'a [WantedJob],
    /// The jobs of the server at home with it.
    pub(super) near: &'a [StandingJob],
}

impl Names<'_> {
    /// Returns which jobs those are that `fields`, standing at `pointer`, name.
    pub(super) fn meant(&self, pointer: &str, fields: &Map<String, Value>) -> Result<Vec<Meant>, Vec<Slip>> {
        let mut slips = Vec::new();
        let mut all = Vec::new();
        for (index, text) in named(fields) {
            match self.job(text) {
                Ok(meant) => all.push(meant),
                Err(expected) => {
                    let pointer = format!("{pointer}/dependsOn/jobs/{index}");
                    slips.push(self.file.slip(&pointer, text, &expected));
                }
            }
        }
        if slips.is_empty() { Ok(all) } else { Err(slips) }
    }

    fn job(&self, text: &str) -> Result<Meant, String> {
        let mut known = self.standing.projects.iter().flat_map(|it| &it.jobs).chain(&self.standing.jobs);
        if known.any(|job| job.id == text) {
            return Ok(Meant::Known(text.to_owned()));
        }
        let mut found = called(self.beside, self.near, text);
        for (slash, _) in text.match_indices('/') {
            let (project, name) = (&text[..slash], &text[slash + 1..]);
            let beside = self.file.projects.iter().filter(|it| it.name == project);
            let near = self.standing.projects.iter().filter(|it| it.name == project);
            let beside = beside.filter_map(|it| it.jobs.as_ref()).flatten();
            found.extend(called(beside, near.flat_map(|it| &it.jobs), name));
        }
        found.dedup();
        match found.len() {
            1 => Ok(found.remove(0)),
            0 => {
                Err("a job beside it, `PROJECT/JOB` for one of another project, or an id the server has"
                    .into())
            }
            _ => Err("an id that says which is meant".into()),
        }
    }
}

/// Returns the jobs of a home that are called `name`: those the file wants, else those it leaves alone.
fn called<'a>(
    wanted: impl IntoIterator<Item = &'a WantedJob>,
    standing: impl IntoIterator<Item = &'a StandingJob>,
    name: &str,
) -> Vec<Meant> {
    let standing: Vec<&StandingJob> = standing.into_iter().collect();
    let mut found = Vec::new();
    for job in wanted.into_iter().filter(|job| job.name == name) {
        let is_it = |it: &&&StandingJob| job.id.as_ref().map_or(it.name == name, |id| *id == it.id);
        let known: Vec<Meant> = standing.iter().filter(is_it).map(|it| Meant::Known(it.id.clone())).collect();
        match (known.is_empty(), &job.id) {
            (false, _) => found.extend(known),
            (true, Some(id)) => found.push(Meant::Known(id.clone())),
            (true, None) => found.push(Meant::Created(job.pointer.clone())),
        }
    }
    if found.is_empty() {
        let left = standing.iter().filter(|job| job.name == name);
        found.extend(left.map(|job| Meant::Known(job.id.clone())));
    }
    found
}

/// Returns `steps` so that a job comes after those it depends on which are created first, else in their order.
///
/// # Errors
/// The step that waits for itself.
pub(super) fn ordered(steps: Vec<Step>) -> Result<Vec<Step>, Box<Step>> {
    let mut open = steps;
    let mut done: Vec<Step> = Vec::with_capacity(open.len());
    while !open.is_empty() {
        let waits = |step: &Step| {
            let is_open = |pointer: &String| open.iter().any(|it| it.pointer == *pointer);
            created(step).any(is_open)
        };
        let Some(next) = open.iter().position(|step| !waits(step)) else {
            return Err(Box::new(open.remove(0)));
        };
        done.push(open.remove(next));
    }
    Ok(done)
}

fn created(step: &Step) -> impl Iterator<Item = &String> {
    let upstream = match &step.action {
        Action::Create { upstream, .. } | Action::Change { upstream, .. } => &upstream[..],
        Action::Remove { .. } => &[],
    };
    upstream.iter().filter_map(|meant| match meant {
        Meant::Created(pointer) => Some(pointer),
        Meant::Known(_) => None,
    })
}

/// Returns the shortest text that means the job `id` in a file of all that stands, for a job at home among `near`.
pub(super) fn name_of(standing: &Standing, near: &[StandingJob], id: &str) -> String {
    let far: Vec<(String, &str)> = standing
        .projects
        .iter()
        .flat_map(|project| {
            project.jobs.iter().map(|job| (format!("{}/{}", project.name, job.name), job.id.as_str()))
        })
        .collect();
    // What two texts can mean is better told by its id.
    let means = |text: &str| {
        near.iter().filter(|job| job.name == text).count()
            + far.iter().filter(|(name, _)| name == text).count()
    };
    let is_plain = |text: &&str| means(text) == 1 && !text.starts_with("job_");
    let name = near.iter().find(|job| job.id == id).map(|job| job.name.as_str()).filter(is_plain);
    let far = || far.iter().find(|(_, it)| *it == id).map(|(name, _)| name.as_str()).filter(is_plain);
    name.or_else(far).unwrap_or(id).to_owned()
}

#[cfg(test)]
#[path = "upstream_tests.rs"]
mod tests;
