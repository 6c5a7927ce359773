//! What the store's proofs share: calls that can be replayed, and a model of plain maps.

pub(crate) mod calls;
pub(crate) mod model;
pub(crate) mod script;
