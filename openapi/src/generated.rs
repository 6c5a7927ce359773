//! What `bash script/generate` writes. A test holds it to the document.

/// One struct an operation: what to [`send`](crate::Client::send).
#[rustfmt::skip]
pub mod calls;
/// One type a schema.
#[rustfmt::skip]
pub mod types;
