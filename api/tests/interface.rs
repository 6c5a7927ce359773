//! The interface in process: the real handlers over the real store, everything outside faked.

#[path = "interface/bodies.rs"]
mod bodies;
#[path = "interface/harness.rs"]
mod harness;
#[path = "interface/lists.rs"]
mod lists;
#[path = "interface/resources.rs"]
mod resources;
#[path = "interface/security.rs"]
mod security;
#[path = "interface/sockets.rs"]
mod sockets;
