//! Mail against a real mail server, and against Resend's own description.

#[path = "channel/resend.rs"]
mod resend;
#[path = "channel/server.rs"]
mod server;
#[path = "channel/smtp.rs"]
mod smtp;
