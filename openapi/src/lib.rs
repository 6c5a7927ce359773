//! The published contract of Dateline's HTTP interface.

/// The OpenAPI 3.0 document, exactly as the server serves it.
pub const DOCUMENT: &str = include_str!("../dateline.json");
