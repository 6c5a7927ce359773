//! The interface in process: the real handlers over the real store, everything outside faked.

#[path = "interface/asking.rs"]
mod asking;
#[path = "interface/bodies.rs"]
mod bodies;
#[path = "interface/crowd.rs"]
mod crowd;
#[path = "interface/dependencies.rs"]
mod dependencies;
#[path = "interface/events.rs"]
mod events;
#[path = "interface/failing.rs"]
mod failing;
#[path = "interface/fields.rs"]
mod fields;
#[path = "interface/harness.rs"]
mod harness;
#[path = "interface/keys.rs"]
mod keys;
#[path = "interface/lists.rs"]
mod lists;
#[path = "interface/matrix.rs"]
mod matrix;
#[path = "interface/notifications.rs"]
mod notifications;
#[path = "interface/others.rs"]
mod others;
#[path = "interface/people.rs"]
mod people;
#[path = "interface/queue.rs"]
mod queue;
#[path = "interface/reasons.rs"]
mod reasons;
#[path = "interface/resources.rs"]
mod resources;
#[path = "interface/secrets.rs"]
mod secrets;
#[path = "interface/security.rs"]
mod security;
#[path = "interface/served.rs"]
mod served;
#[path = "interface/sockets.rs"]
mod sockets;
#[path = "interface/strangers.rs"]
mod strangers;
#[path = "interface/tls.rs"]
mod tls;
#[path = "interface/versions.rs"]
mod versions;
