//! `/api/events`: what is committed, told as it happens, as server-sent events; and what happened elsewhere, taken.
//!
//! A stream is told by number where it stands and goes on there after any break; what the store no longer has is said
//! with `reset` rather than passed over. The listener's own pace decides: nothing is made before the connection has room
//! for it, so a listener costs a few kilobytes however slow it is.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use dateline_actors::EventStream;
use dateline_core::event::Event;
use dateline_core::home::Home;
use dateline_core::time::rfc3339;
use futures::StreamExt;
use futures::stream::BoxStream;
use poem::http::HeaderMap;
use poem::web::Data;
use poem::{Body, IntoResponse, Request, Response};
use poem_openapi::param::Query;
use poem_openapi::payload::{Json, Payload};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::{ApiResponse, OpenApi};
use serde_json::{Value, json};
use tokio::time::{Interval, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use super::Shared;
use super::access::Signed;
use super::problem::Problem;
use super::rate::Seat;
use super::received_events::{EventBody, EventReceived};

/// The media type of server-sent events.
pub const MEDIA_TYPE: &str = "text/event-stream";

/// After so long without an event, a sign of life is sent.
const BEAT_EVERY: Duration = Duration::from_secs(15);
/// A connection holds up to 16 pieces that its peer does not take; together they stay below 32 KiB.
const PIECE_BYTES: usize = 1024;
/// When a client that lost the connection should come back.
const RETRY_MS: u32 = 2_000;

/// Lines of server-sent events, as they come.
pub struct Lines(BoxStream<'static, Result<String, std::io::Error>>);

impl Payload for Lines {
    const CONTENT_TYPE: &'static str = MEDIA_TYPE;

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema::new("string")))
    }
}

impl IntoResponse for Lines {
    fn into_response(self) -> Response {
        Response::builder()
            .content_type(MEDIA_TYPE)
            // A proxy that waits for more would hold every event back.
            .header("x-accel-buffering", "no")
            .body(Body::from_bytes_stream(self.0))
    }
}

/// The stream of events.
#[derive(ApiResponse)]
pub enum Told {
    /// Each event has an `id`, a name, and as `data` `{at, kind, id, projectId, version}`, with null for
    /// what belongs to no project; read what it names to learn
    /// more. `reset` says that events are missing: read everything anew. Comments keep the connection alive.
    #[oai(status = 200)]
    Lines(Lines),
}

/// The events' part of the interface.
pub struct Events;

#[OpenApi(tag = "super::document::Group::Events")]
impl Events {
    /// Listen to events
    ///
    /// Everything that changes from now on, or after the event named by `Last-Event-ID`, in order and without gaps.
    #[oai(path = "/api/events", method = "get", operation_id = "streamEvents")]
    async fn stream(
        &self,
        shared: Data<&Arc<Shared>>,
        request: &Request,
        caller: Signed,
        /// As `Last-Event-ID`, for clients that cannot send the header, which wins over it.
        after: Query<Option<String>>,
    ) -> poem::Result<Told> {
        let seat = shared.streams.take(format!("{:?}", caller.0.credential))?;
        let asked = last_id(request.headers()).or(after.0);
        let feed = Feed::open(&shared, &caller, asked.as_deref(), seat).await?;
        let pieces = futures::stream::unfold(feed, |mut feed| async {
            let piece = feed.next().await?;
            Some((Ok(piece), feed))
        });
        Ok(Told::Lines(Lines(pieces.boxed())))
    }

    /// Send an event
    ///
    /// Each job of the project that listens answers with an execution, all in one commit; the event is there for its condition
    /// and its log. A job that is paused is recorded as skipped. Send an `Idempotency-Key`, and the event counts once however
    /// often it is sent.
    #[oai(path = "/api/events", method = "post", operation_id = "sendEvent")]
    async fn send(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        body: Json<EventBody>,
    ) -> poem::Result<EventReceived> {
        let received = shared.as_caller(&caller).receive_event(body.0.into()).await.map_err(Problem::from)?;
        Ok(EventReceived::Received(Json(received.into())))
    }
}

/// Returns `Last-Event-ID`; one that is no text names no event, like any other foreign id.
fn last_id(headers: &HeaderMap) -> Option<String> {
    headers.get("last-event-id").map(|id| id.to_str().unwrap_or("?").to_owned())
}

/// One listener's place in the stream.
struct Feed {
    events: EventStream,
    stopping: CancellationToken,
    beats: Interval,
    /// What is said before anything else.
    opening: Option<String>,
    _seat: Seat,
}

impl Feed {
    async fn open(
        shared: &Shared,
        caller: &Signed,
        asked: Option<&str>,
        seat: Seat,
    ) -> Result<Self, Problem> {
        // A number nobody gave reads as one that no store has.
        let after = asked.map(|id| id.parse().unwrap_or(u64::MAX));
        let (events, is_whole) = shared.as_caller(caller).resume(after).await?;
        let mut opening = format!("retry: {RETRY_MS}\n");
        if asked.is_some() && !is_whole {
            reset(&mut opening, events.position(), &rfc3339(shared.clock.now()));
        } else {
            beat(&mut opening, events.position());
        }
        let mut beats = tokio::time::interval(BEAT_EVERY);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beats.reset();
        let stopping = shared.stopping();
        let opening = Some(opening);
        Ok(Self { events, stopping, beats, opening, _seat: seat })
    }

    /// Returns what to send next; `None` when the server stops or the listener may not go on.
    async fn next(&mut self) -> Option<String> {
        if let Some(opening) = self.opening.take() {
            return Some(opening);
        }
        tokio::select! {
                biased;
                () = self.stopping.cancelled() => None,
                _ = self.beats.tick() => {
                    let mut text = String::new();
                    beat(&mut text, self.events.position());
                    Some(text)
                }
                event = self.events.next() => {
                    self.beats.reset();
                    Some(self.told(event?))
                }
        }
    }

    /// Returns `first` and what else is at hand, as far as it goes into one piece.
    fn told(&mut self, first: Arc<Event>) -> String {
        let mut text = String::new();
        let mut next = Some(first);
        while let Some(event) = next.take() {
            if self.events.takes_gap() {
                // The store forgot what came before it was read: far behind, and honest about it.
                reset(&mut text, event.seq - 1, &rfc3339(event.at));
            }
            tell(&mut text, &event);
            if text.len() < PIECE_BYTES {
                next = self.events.ready();
            }
        }
        text
    }
}

/// Says where the stream stands and that it is alive: browsers keep the id, and nobody is woken.
fn beat(text: &mut String, position: u64) {
    // Writing to a string cannot fail.
    let _ = write!(text, ":\nid: {position}\n\n");
}

fn reset(text: &mut String, position: u64, at: &str) {
    let _ =
        write!(text, "id: {position}\nevent: reset\ndata: {}\n\n", json!({ "at": at, "newest": position }));
}

fn tell(text: &mut String, event: &Event) {
    let kind = serde_json::to_value(event.kind).unwrap_or_default();
    let name = kind.as_str().unwrap_or_default();
    let _ = write!(text, "id: {}\nevent: {name}\ndata: {}\n\n", event.seq, data(event, &kind));
}

fn data(event: &Event, kind: &Value) -> Value {
    json!({
        "at": rfc3339(event.at),
        "kind": kind,
        "id": event.id,
        "projectId": event.home.and_then(Home::project).map(|project| project.to_string()),
        "version": event.version,
    })
}
