//! Where jobs are at home: in a project, or, when they need none, with the person who made them.
//!
//! A home decides who sees a job with its executions, events and notifications. A lane decides what runs beside what:
//! a project runs one execution at a time, and a job without one is a lane of its own.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::{JobId, ParseIdError, ProjectId, UserId};

/// Whose something is. Spelled as the id: `prj_…` or `usr_…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Home {
    /// A project's: there for whoever sees the project.
    Project(ProjectId),
    /// A person's own: there for them, and for owners.
    Person(UserId),
}

impl Home {
    /// Returns the project, when it is one.
    pub const fn project(self) -> Option<ProjectId> {
        match self {
            Self::Project(id) => Some(id),
            Self::Person(_) => None,
        }
    }

    /// Returns the person, when it is one.
    pub const fn person(self) -> Option<UserId> {
        match self {
            Self::Project(_) => None,
            Self::Person(id) => Some(id),
        }
    }

    /// Returns the 128 bits of the id. No two ids have the same, whatever they name.
    pub const fn bits(self) -> u128 {
        match self {
            Self::Project(id) => id.bits(),
            Self::Person(id) => id.bits(),
        }
    }
}

impl From<ProjectId> for Home {
    fn from(id: ProjectId) -> Self {
        Self::Project(id)
    }
}

impl fmt::Display for Home {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Project(id) => id.fmt(f),
            Self::Person(id) => id.fmt(f),
        }
    }
}

impl FromStr for Home {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        text.parse().map(Self::Person).or_else(|_| text.parse().map(Self::Project))
    }
}

impl Serialize for Home {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Home {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What takes turns: of a project so many executions run at once as it lets, of a job without one a single one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// A project, whatever its jobs.
    Project(ProjectId),
    /// A job that has no project.
    Job(JobId),
}

impl Lane {
    /// Returns the lane of a job's executions.
    pub const fn of(home: Home, job: JobId) -> Self {
        match home {
            Home::Project(id) => Self::Project(id),
            Home::Person(_) => Self::Job(job),
        }
    }

    /// Returns the 128 bits of the id. No two ids have the same, whatever they name.
    pub const fn bits(self) -> u128 {
        match self {
            Self::Project(id) => id.bits(),
            Self::Job(id) => id.bits(),
        }
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Project(id) => id.fmt(f),
            Self::Job(id) => id.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_reads_back_from_its_only_spelling() {
        for home in [Home::Project(ProjectId::from_bits(7)), Home::Person(UserId::from_bits(7))] {
            assert_eq!(home.to_string().parse(), Ok(home));
        }
        assert!(JobId::from_bits(7).to_string().parse::<Home>().is_err());
    }

    #[test]
    fn jobs_without_a_project_are_lanes_of_their_own() {
        let (one, two) = (JobId::from_bits(8), JobId::from_bits(9));
        let (project, person) = (Home::Project(ProjectId::from_bits(1)), Home::Person(UserId::from_bits(2)));
        assert_eq!(Lane::of(project, one), Lane::of(project, two));
        assert_ne!(Lane::of(person, one), Lane::of(person, two));
    }
}
