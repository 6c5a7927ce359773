//! The owner: there from the first start, let in by a file in the data folder, and back in after locking themselves out.

use dateline_core::caller::{Caller, Role};
use dateline_core::entropy::Entropy;
use dateline_core::id::{AuditId, TokenId, UserId};
use dateline_core::people::{AccessCode, AuditAction, AuditEntry, Means, Token, User, UserStatus};
use dateline_core::store::{Store, StoreError};
use dateline_core::time::Timestamp;

/// What the token in the data folder is called.
const TOKEN_NAME: &str = "owner.token";

/// Creates the owner where there is none yet: in a new store, or one from before there were people.
pub(crate) async fn ensure_owner(store: &dyn Store, now: Timestamp) -> Result<User, StoreError> {
    match store.user(UserId::OWNER).await {
        Err(StoreError::NotFound(_)) => store.create_user(User::first_owner(now)).await,
        other => other,
    }
}

/// Returns the owner's token whose text is `code`: it allows everything and does not expire.
pub(crate) fn owner_token(owner: &User, code: &AccessCode, now: Timestamp, entropy: &dyn Entropy) -> Token {
    Token {
        id: TokenId::fresh(now, entropy),
        user: owner.id,
        name: TOKEN_NAME.to_owned(),
        scopes: Caller::owner().scopes,
        projects: None,
        expires_at: None,
        last_used_at: None,
        created_at: now,
        revoked_at: None,
        generation: owner.generation,
        digest: code.digest(),
        hint: code.hint(),
    }
}

/// Lets the owner in again with `code`: makes them an active owner, forgets their password, and voids every credential
/// they had. Asks no questions, so only who can open the store gets here.
///
/// # Errors
/// [`StoreError`] when the store cannot be read or written.
pub async fn recover_owner(
    store: &dyn Store,
    code: &AccessCode,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<(), StoreError> {
    let stored = ensure_owner(store, now).await?;
    let entry = AuditEntry {
        id: AuditId::fresh(now, entropy),
        at: now,
        actor: UserId::OWNER,
        actor_name: stored.name.clone(),
        means: Means::Process,
        action: AuditAction::OwnerRecovered,
        subject: UserId::OWNER.to_string(),
        home: None,
        detail: None,
    };
    let (role, status, generation) = (Role::Owner, UserStatus::Active, stored.generation + 1);
    let owner = User { role, status, password: None, generation, updated_at: now, ..stored };
    let owner = store.audited(entry).replace_user(owner).await?;
    store.create_token(owner_token(&owner, code, now, entropy)).await.map(drop)
}
