//! Who may call an operation, as the contract says it.

use poem::Request;
use poem_openapi::SecurityScheme;
use poem_openapi::auth::Bearer;

use super::problem::{Code, Problem};

/// The owner's bearer token: the content of `owner.token` in the data folder.
#[derive(SecurityScheme)]
#[oai(rename = "ownerToken", ty = "bearer", bearer_format = "dl_…", checker = "checked")]
pub struct Owner(Checked);

/// Proof that the token was compared. Only the interface hands it out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Checked(());

impl Checked {
    /// Says that the caller is the owner.
    pub(super) const fn owner() -> Self {
        Self(())
    }
}

async fn checked(request: &Request, _: Bearer) -> poem::Result<Checked> {
    let refused = || Problem::new(Code::Unauthorized, "expected the header `Authorization: Bearer dl_…`");
    request.extensions().get::<Checked>().copied().ok_or_else(|| refused().into())
}
