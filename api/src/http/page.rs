//! Pages of lists: one limit, one cursor, one shape.

use dateline_core::store::{Page, PageRequest, Position};
use poem_openapi::Object;
use poem_openapi::types::{ParseFromJSON, ToJSON, Type};

use super::fields::Limit;
use super::problem::Problem;
use super::{QueryScope, Shared};

/// Part of a list.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct List<T: Type + ParseFromJSON + ToJSON> {
    /// The items of this page.
    pub items: Vec<T>,
    /// What to send as `cursor` for the next page; null at the end.
    pub next_cursor: Option<String>,
}

/// Returns the page a client asks for.
///
/// # Errors
/// 422 for a cursor that was not given for this question.
pub fn asked(
    shared: &Shared,
    scope: &QueryScope,
    limit: Option<Limit>,
    cursor: Option<&str>,
) -> Result<PageRequest, Problem> {
    let after = cursor.map(|cursor| shared.cursors.open(&scope.0, cursor)).transpose()?;
    Ok(PageRequest { limit: limit.unwrap_or_default().0, after })
}

/// Returns the sealed place where a list goes on.
pub fn cursor(shared: &Shared, scope: &QueryScope, next: Option<Position>) -> Option<String> {
    next.map(|position| shared.cursors.seal(&scope.0, &position))
}

impl<T: Type + ParseFromJSON + ToJSON> List<T> {
    /// Returns `items` with the sealed place where the list goes on.
    pub fn new(shared: &Shared, scope: &QueryScope, items: Vec<T>, next: Option<Position>) -> Self {
        Self { items, next_cursor: cursor(shared, scope, next) }
    }

    /// Returns a page of the store in the interface's own types.
    pub fn of<S>(shared: &Shared, scope: &QueryScope, page: Page<S>, show: impl Fn(S) -> T) -> Self {
        Self::new(shared, scope, page.items.into_iter().map(show).collect(), page.next)
    }
}
