//! Lists of executions as bytes. Whoever looks at a list looks again a moment later, and an execution that has ended is
//! told in the same words each time.

use std::sync::Arc;

use dateline_core::queue::Obstacle;
use poem::IntoResponse;
use poem_openapi::ApiResponse;
use poem_openapi::payload::{Json, Payload};
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::types::ToJSON;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::{ExecutionList, Stats, waiting};

/// What is kept may take so many bytes.
const BYTES_MAX: u64 = 16 << 20;
/// About how many executions that are.
const ITEMS: usize = 12_288;

/// An execution in JSON.
type Item = Arc<str>;

/// Ended executions in JSON, by id and version: one version of one execution is always told alike.
pub struct ItemCache(Cache<(u128, u64), Item, ByBytes>);

#[derive(Clone)]
struct ByBytes;

impl Weighter<(u128, u64), Item> for ByBytes {
    fn weight(&self, _: &(u128, u64), item: &Item) -> u64 {
        item.len() as u64
    }
}

impl ItemCache {
    /// Returns a memory that holds nothing yet.
    pub fn new() -> Self {
        Self(Cache::with_weighter(ITEMS, BYTES_MAX, ByBytes))
    }

    /// Returns an execution in JSON, with what keeps it from going on.
    pub(super) fn item(
        &self,
        execution: dateline_core::execution::Execution,
        obstacle: Option<Obstacle>,
    ) -> Item {
        if execution.state.is_open() {
            return waiting::told(execution, obstacle).to_json_string().into();
        }
        let key = (execution.id.bits(), execution.version);
        if let Some(item) = self.0.get(&key) {
            return item;
        }
        let item: Item = super::Execution::from(execution).to_json_string().into();
        self.0.insert(key, Arc::clone(&item));
        item
    }
}

impl Default for ItemCache {
    fn default() -> Self {
        Self::new()
    }
}

/// An [`ExecutionList`], ready to be sent.
pub(super) struct ListBody(String);

impl ListBody {
    pub(super) fn new(items: Vec<Item>, next_cursor: Option<String>, stats: Option<Stats>) -> Self {
        let length: usize = items.iter().map(|item| item.len() + 1).sum();
        let mut text = String::with_capacity(length + 512);
        text.push_str(r#"{"items":["#);
        for (index, item) in items.iter().enumerate() {
            text.push_str(if index == 0 { "" } else { "," });
            text.push_str(item);
        }
        text.push_str(r#"],"nextCursor":"#);
        text.push_str(&next_cursor.to_json_string());
        if let Some(stats) = stats {
            text.push_str(r#","stats":"#);
            text.push_str(&stats.to_json_string());
        }
        text.push('}');
        Self(text)
    }
}

impl IntoResponse for ListBody {
    fn into_response(self) -> poem::Response {
        poem::Response::builder().content_type(<Json<ExecutionList> as Payload>::CONTENT_TYPE).body(self.0)
    }
}

impl ApiResponse for ListBody {
    fn meta() -> MetaResponses {
        Json::<ExecutionList>::meta()
    }

    fn register(registry: &mut Registry) {
        <Json<ExecutionList> as ApiResponse>::register(registry);
    }
}
