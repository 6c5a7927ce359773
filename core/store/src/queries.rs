//! What can be asked: each question is a scan of the rows it returns, or of the small index rows that decide it.

mod access;
mod credential;
mod draft;
mod execution;
mod graph;
mod history;
mod job;
mod notification;
mod obstacle;
mod operation;
mod people;
mod request;
mod secret;
mod source;
mod statistics;

pub(crate) use job::{engine_pauses, job_pauses, job_view};
pub(crate) use people::projects_max;
pub(crate) use request::kept;

use dateline_core::store::{Page, PageRequest, Position};

use crate::fault::Fault;

/// Returns the key a page goes on after, as the bytes [`page_of`] made.
fn resume<const N: usize>(page: &PageRequest) -> Result<Option<[u8; N]>, Fault> {
    let Some(Position(bytes)) = &page.after else { return Ok(None) };
    let key = <[u8; N]>::try_from(bytes.as_slice());
    key.map(Some).map_err(|_| Fault::Damaged("the position is not one of this list".to_owned()))
}

/// Returns the id a page of a list ordered by id goes on after.
fn resume_id(page: &PageRequest) -> Result<Option<u128>, Fault> {
    Ok(resume::<16>(page)?.map(u128::from_be_bytes))
}

/// Makes a page of `found`, which holds one item more than asked for when there are more.
fn page_of<T>(mut found: Vec<T>, limit: usize, position: impl Fn(&T) -> Vec<u8>) -> Page<T> {
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| has_more).map(|last| Position(position(last)));
    Page { items: found, next }
}
