//! What a person says of an execution that asks, as JSON spells it.

use dateline_core::execution::Answer;
use dateline_core::time::rfc3339;
use poem_openapi::{Enum, Object};

use crate::http::fields::Instant;
use crate::http::problem::Problem;

/// What becomes of an execution that asks whether it is to run.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct AnswerBody {
    /// What is wanted.
    pub answer: AnswerWord,
    /// When it runs, for RUN_AT: an instant to come, at most 31 days ahead.
    pub at: Option<Instant>,
}

/// What a person says of an occurrence that was missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AnswerWord {
    /// It runs now.
    RunNow,
    /// It runs at an instant, unless a newer one runs before.
    RunAt,
    /// It does not run.
    Skip,
}

impl AnswerBody {
    /// Returns the answer, or the fault of its fields.
    pub(super) fn answer(&self) -> Result<Answer, Problem> {
        match (self.answer, self.at) {
            (AnswerWord::RunNow, None) => Ok(Answer::RunNow),
            (AnswerWord::RunAt, Some(at)) => Ok(Answer::RunAt(at.0)),
            (AnswerWord::Skip, None) => Ok(Answer::Skip),
            (AnswerWord::RunAt, None) => Err(Problem::field("/at", "", "the instant at which it is to run")),
            (AnswerWord::RunNow | AnswerWord::Skip, Some(at)) => {
                Err(Problem::field("/at", &rfc3339(at.0), "no such field but with RUN_AT"))
            }
        }
    }
}
