//! Codes that let somebody in: invitations, and resets of a forgotten password. Each is printed once, alone.

use clap::Subcommand;
use dateline_openapi::{Answer, calls, types};

use crate::cli::output::{CommandError, print, tell};
use crate::cli::server::{PageArgs, Session};
use crate::cli::table::table;
use crate::cli::text::word_of;

#[derive(Debug, Subcommand)]
pub(super) enum CodeVerb {
    /// Invite somebody, and print the code that lets them join
    Invite {
        /// What they will sign in with
        #[arg(value_name = "ADDRESS")]
        email: String,
        /// What they will be to the instance: member, admin, owner
        #[arg(long, default_value = "member", value_parser = word_of(types::Role::WORDS))]
        role: String,
    },
    /// List invitations, newest first, used and void ones too
    Invitations(PageArgs),
    /// Take an invitation back
    Uninvite {
        /// The invitation: its id, or whom it was made for
        invitation: String,
    },
    /// Make a code with which somebody chooses a new password, and print it; an earlier one is void
    ResetPassword {
        /// The user
        user: String,
    },
}

impl CodeVerb {
    pub(super) async fn act(self, session: &Session) -> Result<(), CommandError> {
        match self {
            Self::Invite { email, role } => {
                let body = types::InvitationCreate { email, role: Some(types::Role::from(role)) };
                let made = session.client.send(&calls::CreateInvitation::new(body)).await?;
                let types::InvitationMade { code, details } = made.value.clone();
                let whom = format!("{} joins as {} with this code", details.email, details.role);
                shown(session, &made, &code, &whom, details.expires_at, "/api/invitations/accept")
            }
            Self::Invitations(page) => {
                let call = calls::ListInvitations { limit: page.limit(), cursor: page.cursor() };
                session.list(call, &page, "Nobody was invited yet.", rows).await
            }
            Self::Uninvite { invitation } => {
                let id = session.invitation(&invitation).await?;
                session.ask(&calls::RevokeInvitation::new(id.clone())).await?;
                tell(&format!("Took back {id}."));
                Ok(())
            }
            Self::ResetPassword { user } => {
                let user = session.user(&user).await?;
                let body = types::PasswordResetCreate { user_id: user.id };
                let made = session.client.send(&calls::CreatePasswordReset::new(body)).await?;
                let types::PasswordResetMade { code, expires_at, .. } = made.value.clone();
                let whom = format!("{} chooses a new password with this code", user.name);
                shown(session, &made, &code, &whom, expires_at, "/api/password-resets/accept")
            }
        }
    }
}

/// Prints a code alone, so that it can be piped to whoever is to have it; the rest is said beside it.
fn shown<T>(
    session: &Session,
    made: &Answer<T>,
    code: &str,
    whom: &str,
    expires_at: dateline_openapi::Instant,
    path: &str,
) -> Result<(), CommandError> {
    if session.is_json {
        return session.tell(made, |_, _| code.to_owned());
    }
    let until = session.when.whole(expires_at);
    let whom = crate::cli::text::plain(whom);
    tell(&format!(
        "{whom} until {until}, at POST {}{path}. It is shown this once: pass it on.",
        session.client.base()
    ));
    print(code)
}

fn rows(session: &Session, invitations: &[types::Invitation]) -> String {
    let expires = format!("expires ({})", session.when.zone());
    let row = |it: &types::Invitation| {
        [
            it.id.clone(),
            it.email.clone(),
            it.role.to_string(),
            it.status.to_string(),
            session.when.brief(it.expires_at),
        ]
    };
    table(["id", "email", "role", "status", &expires], invitations.iter().map(row))
}
