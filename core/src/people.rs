//! People: who uses this instance, what they show to be let in, and what they may do to each other.
//!
//! Every credential is a text of 256 random bits of which only a digest is kept, and belongs to one generation of its
//! user's credentials: a password reset or "sign out everywhere" begins the next one, and all earlier ones are void
//! from that commit on.

mod access_code;
mod audit;
mod credential;
mod email;
mod failures;
mod joining;
mod membership;
mod rules;
mod user;

pub use access_code::{AccessCode, CodeDigest, CodeKind, ParseCodeError};
pub use audit::{AuditAction, AuditEntry, Means};
pub use credential::{Session, Token};
pub use email::{EmailAddress, ParseEmailError};
pub use failures::Failures;
pub use joining::{Invitation, InvitationStatus, PasswordReset};
pub use membership::{Membership, Seat};
pub use rules::{PeopleRefusal, may_grant, may_manage};
pub use user::{PasswordHash, User, UserStatus};
