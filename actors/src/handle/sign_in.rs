//! Who is let in: tokens, sessions and passwords. Only failed credentials count against anybody, and only guesses
//! among these: a token that was good once is refused and not counted.

use std::net::IpAddr;

use dateline_core::caller::{Caller, Credential};
use dateline_core::id::{SessionId, TokenId, UserId};
use dateline_core::people::{
    AccessCode, AuditAction, AuditEntry, CodeKind, EmailAddress, Means, Session, Token, User, UserStatus,
};
use dateline_core::secret::Secret;
use dateline_core::store::StoreError;
use dateline_core::time::Timestamp;

use super::Dateline;
use crate::owner::owner_token;
use crate::people::Guesser;
use crate::request::{RequestError, SignedIn};
use crate::shared::later;

/// How long a session lasts.
const SESSION_TTL: std::time::Duration = std::time::Duration::from_secs(14 * 24 * 3600);

/// What somebody shows.
#[derive(Debug, Clone, Copy)]
pub enum Shown<'a> {
    /// The text of a token.
    Token(&'a str),
    /// The text of a session's cookie.
    Session(&'a str),
}

impl Dateline {
    /// Returns whom a credential makes the caller.
    ///
    /// # Errors
    /// [`RequestError::Unauthorized`] for one that is not, or no longer, valid; [`RequestError::Busy`] instead after too
    /// many guesses from the same place.
    pub async fn let_in(&self, shown: Shown<'_>, from: Option<IpAddr>) -> Result<Caller, RequestError> {
        let now = self.now();
        let known = match shown {
            Shown::Token(text) => match AccessCode::parse(CodeKind::Token, text) {
                Err(_) => None,
                Ok(code) => self.store().token_holder(code.digest()).await?.map(|(token, user)| {
                    let caller = token.caller(&user, now);
                    if caller.is_some() {
                        self.note_use(&token, now);
                    }
                    caller
                }),
            },
            Shown::Session(text) => match AccessCode::parse(CodeKind::Session, text) {
                Err(_) => None,
                Ok(code) => {
                    let holder = self.store().session_holder(code.digest()).await?;
                    holder.map(|(session, user)| session.caller(&user, now))
                }
            },
        };
        match known {
            Some(Some(caller)) => Ok(caller),
            Some(None) => Err(RequestError::Unauthorized),
            None => Err(self.refuse_guess(&at(from)).await?),
        }
    }

    /// Whether the caller's credential is still good, and their role and reach still what they were.
    ///
    /// # Errors
    /// [`RequestError::Store`] when the store cannot be read.
    pub async fn is_still_let_in(&self) -> Result<bool, RequestError> {
        let now = self.now();
        let caller = match self.caller().credential {
            Credential::Process => return Ok(true),
            Credential::Token(id) => self.token_caller(id, now).await,
            Credential::Session(id) => self.session_caller(id, now).await,
        };
        match caller {
            Ok(caller) => Ok(caller.as_ref() == Some(self.caller())),
            Err(StoreError::NotFound(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn token_caller(&self, id: TokenId, now: Timestamp) -> Result<Option<Caller>, StoreError> {
        let token = self.store().token(id).await?;
        Ok(token.caller(&self.store().user(token.user).await?, now))
    }

    async fn session_caller(&self, id: SessionId, now: Timestamp) -> Result<Option<Caller>, StoreError> {
        let session = self.store().session(id).await?;
        Ok(session.caller(&self.store().user(session.user).await?, now))
    }

    /// Makes the token in the data folder one of the owner's; `false` when it was good once and no longer is.
    ///
    /// # Errors
    /// [`RequestError::Store`] when the store cannot be read or written.
    pub async fn adopt_owner_token(&self, code: &AccessCode) -> Result<bool, RequestError> {
        let now = self.now();
        if let Some((token, user)) = self.store().token_holder(code.digest()).await? {
            return Ok(token.is_valid(&user, now));
        }
        let owner = self.store().user(UserId::OWNER).await?;
        self.store().create_token(owner_token(&owner, code, now, &*self.shared.parts.entropy)).await?;
        Ok(true)
    }

    /// Opens a session for who knows the password of an account. An unknown address takes as long as a wrong password
    /// and is refused in the same words.
    ///
    /// # Errors
    /// [`RequestError::WrongPassword`]; [`RequestError::Busy`] after too many failures from the same place or for the
    /// same account, and while too many others sign in.
    pub async fn sign_in(
        &self,
        email: &str,
        password: Secret,
        from: Option<IpAddr>,
    ) -> Result<SignedIn, RequestError> {
        let mut guessers = at(from);
        guessers.push(Guesser::Account(email.to_ascii_lowercase()));
        self.refuse_guessers(&guessers).await?;
        let user = match email.parse::<EmailAddress>() {
            Ok(email) => self.user_with(email).await?,
            Err(_) => None,
        };
        let kept = user.as_ref().and_then(|user| user.password.clone());
        let is_right =
            self.shared.people.passwords.is_right(password, kept, &*self.shared.parts.entropy).await?;
        let user = user.filter(|user| is_right && user.status == UserStatus::Active);
        let Some(user) = user else {
            self.shared.people.count(&guessers, self.shared.parts.clock.monotonic());
            return Err(RequestError::WrongPassword);
        };
        self.open_session(user).await
    }

    /// Ends the caller's session; another credential is left as it is.
    ///
    /// # Errors
    /// [`RequestError::Store`] when the store cannot be written.
    pub async fn sign_out(&self) -> Result<(), RequestError> {
        if let Credential::Session(id) = self.caller().credential {
            self.noting(AuditAction::SignedOut, self.caller().user, None, None).end_session(id).await?;
            self.shared.people.changed();
        }
        Ok(())
    }

    pub(super) async fn user_with(&self, email: EmailAddress) -> Result<Option<User>, RequestError> {
        match self.store().user_by_email(email).await {
            Ok(user) => Ok(Some(user)),
            Err(StoreError::NotFound(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) async fn open_session(&self, user: User) -> Result<SignedIn, RequestError> {
        let now = self.now();
        let entropy = &*self.shared.parts.entropy;
        let code = AccessCode::fresh(CodeKind::Session, entropy);
        let session = Session {
            id: SessionId::fresh(now, entropy),
            user: user.id,
            created_at: now,
            expires_at: later(now, SESSION_TTL),
            generation: user.generation,
            digest: code.digest(),
        };
        let entry = self.entry_by(&user, AuditAction::SignedIn, session.id);
        let session = self.store().audited(entry).create_session(session).await?;
        Ok(SignedIn { code, session, user })
    }

    /// Returns the entry of a change somebody makes by signing in, or by a code that was sent to them.
    pub(super) fn entry_by(&self, user: &User, action: AuditAction, subject: impl ToString) -> AuditEntry {
        let now = self.now();
        AuditEntry {
            id: dateline_core::id::AuditId::fresh(now, &*self.shared.parts.entropy),
            at: now,
            actor: user.id,
            actor_name: user.name.clone(),
            means: Means::SignIn,
            action,
            subject: subject.to_string(),
            home: None,
            detail: None,
        }
    }

    /// Refuses those who have to wait.
    pub(super) async fn refuse_guessers(&self, guessers: &[Guesser]) -> Result<(), RequestError> {
        let max = self.store().instance_settings().await?.sign_in_failures_max;
        let wait = self.shared.people.wait(guessers, max, self.shared.parts.clock.monotonic());
        wait.map_or(Ok(()), |retry_after| Err(RequestError::Busy { retry_after }))
    }

    /// Counts a guess and returns what its maker is told.
    async fn refuse_guess(&self, guessers: &[Guesser]) -> Result<RequestError, RequestError> {
        self.refuse_guessers(guessers).await?;
        self.shared.people.count(guessers, self.shared.parts.clock.monotonic());
        Ok(RequestError::Unauthorized)
    }

    /// Notes the use of a token, in a task of its own: nobody waits for it.
    fn note_use(&self, token: &Token, now: Timestamp) {
        if self.shared.people.is_use_to_note(token.id, token.last_used_at, now) {
            let (shared, id) = (self.shared.clone(), token.id);
            tokio::spawn(async move {
                if let Err(error) = shared.parts.store.touch_token(id, now).await {
                    tracing::debug!(%error, token = %id, "the use of a token was not noted");
                }
            });
        }
    }
}

/// Returns whom failures from an address count against; within this process nobody guesses.
pub(super) fn at(from: Option<IpAddr>) -> Vec<Guesser> {
    from.map(Guesser::at).into_iter().collect()
}
