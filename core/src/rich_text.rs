//! What platforms see in plain text: web addresses, mentions, hashtags; and LinkedIn's escapes.

mod facets;
mod little_text;
mod mentions;
mod urls;

pub use facets::{Facet, FacetKind, facets};
pub use little_text::{escape_little_text, is_reserved, unescape_little_text};
pub use mentions::{Mention, mentions};
pub use urls::urls;
