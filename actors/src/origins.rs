//! Which trace asked for an execution: kept in memory, since a trace is a convenience and a restart may lose it.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use dateline_core::id::ExecutionId;
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceContextExt};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Executions that wait longer than for this many newer ones start a trace of their own.
const KEPT_MAX: usize = 1_000;

/// The spans that asked for executions. Empty while nobody collects traces.
#[derive(Default)]
pub(crate) struct Origins(Mutex<VecDeque<(ExecutionId, SpanContext)>>);

impl Origins {
    /// Remembers that the present span asks for `id`.
    pub(crate) fn remember(&self, id: ExecutionId) {
        let asking = Span::current().context().span().span_context().clone();
        if asking.is_valid() {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() == KEPT_MAX {
                kept.pop_front();
            }
            kept.push_back((id, asking));
        }
    }

    /// Makes `span` part of the trace that asked for `id`, once.
    pub(crate) fn join(&self, id: ExecutionId, span: &Span) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().position(|(known, _)| *known == id).and_then(|index| kept.remove(index));
        if let Some((_, asking)) = found {
            // Without a collector there is nothing to join.
            let _ = span.set_parent(Context::new().with_remote_span_context(asking));
        }
    }
}
