//! `dateline user`: who uses this instance.

mod codes;

use clap::{Args, Subcommand};
use dateline_openapi::{calls, types};

use self::codes::CodeVerb;
use super::confirm::ConfirmArgs;
use super::output::{CommandError, tell};
use super::server::{PageArgs, ServerArgs, Session};
use super::table::{sheet, table};
use super::text::word_of;

const EXAMPLES: &str = "\
Examples:
  dateline user invite ana@example.org --role admin
  dateline user list
  dateline user edit ana@example.org --role member
  dateline user disable Ana
  dateline user reset-password Ana
  dateline user remove Ana --hand-over-to me
  dateline user sign-out

USER is an id, its beginning or end, a name or e-mail address, the beginning of one, or
`me`. Others are for admins to look after.";

/// List, invite, change and remove the people who use this instance
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct User {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List users, oldest first
    List(PageArgs),
    /// Show one user
    Show {
        /// The user
        #[arg(default_value = "me")]
        user: String,
    },
    /// Change a user; what is not given stays as it is
    Edit(EditArgs),
    /// Let a user in again
    Enable {
        /// The user
        user: String,
    },
    /// Let a user in no longer, with no password, session or token
    Disable {
        /// The user
        user: String,
        #[command(flatten)]
        confirm: ConfirmArgs,
    },
    /// Remove a user with their credentials and memberships
    Remove {
        /// The user
        user: String,
        /// Who takes over the projects they own
        #[arg(long, value_name = "USER")]
        hand_over_to: Option<String>,
        #[command(flatten)]
        confirm: ConfirmArgs,
    },
    /// Sign yourself out everywhere: all your sessions and tokens are void then, the one you ask with too
    SignOut {
        #[command(flatten)]
        confirm: ConfirmArgs,
    },
    #[command(flatten)]
    Code(CodeVerb),
}

#[derive(Debug, Args)]
struct EditArgs {
    /// The user
    user: String,
    #[command(flatten)]
    change: Change,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct Change {
    /// What others call them
    #[arg(long)]
    name: Option<String>,
    /// What they sign in with
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// What they are to the instance: member, admin, owner
    #[arg(long, value_parser = word_of(types::Role::WORDS))]
    role: Option<String>,
}

impl User {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let Self { verb, server } = self;
        server.run(async |session| act(verb, &session).await)
    }
}

async fn act(verb: Verb, session: &Session) -> Result<(), CommandError> {
    match verb {
        Verb::List(page) => {
            let call = calls::ListUsers { limit: page.limit(), cursor: page.cursor() };
            session.list(call, &page, "Nobody uses this instance yet.", rows).await
        }
        Verb::Show { user } if user == "me" => session.show(&calls::GetMe, whole).await,
        Verb::Show { user } => {
            let id = session.user_id(&user).await?;
            session.show(&calls::GetUser::new(id), whole).await
        }
        Verb::Edit(edit) => edit.make(session).await,
        Verb::Enable { user } => {
            let id = session.user_id(&user).await?;
            stand(session, id, types::UserStatus::Active).await
        }
        Verb::Disable { user, confirm } => {
            let user = session.user(&user).await?;
            confirm.ask(&format!("This shuts {} ({}) out until they are enabled", user.name, user.id))?;
            stand(session, user.id, types::UserStatus::Disabled).await
        }
        Verb::Remove { user, hand_over_to, confirm } => {
            let user = session.user(&user).await?;
            let hand_over_to = match hand_over_to {
                Some(heir) => Some(session.user(&heir).await?.id),
                None => None,
            };
            confirm.ask(&format!("This removes {} ({}) for good", user.name, user.id))?;
            session.ask(&calls::RemoveUser { id: user.id.clone(), hand_over_to }).await?;
            tell(&format!("Removed {}.", user.id));
            Ok(())
        }
        Verb::SignOut { confirm } => {
            confirm.ask("This voids all your sessions and tokens, the one used here too")?;
            session.ask(&calls::SignOutEverywhere).await?;
            tell(
                "Signed out everywhere. For the owner of the data folder the next start writes a new owner.token.",
            );
            Ok(())
        }
        Verb::Code(verb) => verb.act(session).await,
    }
}

async fn stand(session: &Session, id: String, status: types::UserStatus) -> Result<(), CommandError> {
    let change = types::UserPatch { status: Some(status), ..types::UserPatch::default() };
    session.show(&calls::ChangeUser::new(id, change), whole).await
}

impl EditArgs {
    async fn make(self, session: &Session) -> Result<(), CommandError> {
        let Change { name, email, role } = self.change;
        if self.user == "me" && role.is_none() {
            // Everybody may change themselves, whatever their role.
            return session.show(&calls::ChangeMe::new(types::MePatch { name, email }), whole).await;
        }
        let id = session.user(&self.user).await?.id;
        let role = role.map(types::Role::from);
        let change = types::UserPatch { name, email, role, status: None };
        session.show(&calls::ChangeUser::new(id, change), whole).await
    }
}

fn rows(session: &Session, users: &[types::User]) -> String {
    let joined = format!("joined ({})", session.when.zone());
    let row = |it: &types::User| {
        [
            it.id.clone(),
            it.name.clone(),
            it.email.clone().unwrap_or_default(),
            it.role.to_string(),
            it.status.to_string(),
            session.when.brief(it.created_at),
        ]
    };
    table(["id", "name", "email", "role", "status", &joined], users.iter().map(row))
}

fn whole(session: &Session, user: &types::User) -> String {
    let password = if user.has_password { "set" } else { "not set" };
    sheet([
        ("id", Some(user.id.clone())),
        ("name", Some(user.name.clone())),
        ("email", user.email.clone()),
        ("role", Some(user.role.to_string())),
        ("status", Some(user.status.to_string())),
        ("password", Some(password.to_owned())),
        ("joined", Some(session.when.whole(user.created_at))),
        ("changed", Some(session.when.whole(user.updated_at))),
    ])
}
