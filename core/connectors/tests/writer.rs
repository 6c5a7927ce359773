//! The template writer and the renderer together: texts as they go out.

#![expect(clippy::unwrap_used, reason = "a test ends where its fixture is wrong")]

#[path = "writer/fixture.rs"]
mod fixture;
#[path = "writer/golden.rs"]
mod golden;
#[path = "writer/hostile.rs"]
mod hostile;
#[path = "writer/properties.rs"]
mod properties;
