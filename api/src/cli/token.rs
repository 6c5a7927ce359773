//! `dateline token`: access for programs.

mod expiry;

use clap::{Args, Subcommand};
use dateline_openapi::{calls, types};

use self::expiry::{Expiry, expiry};
use super::confirm::ConfirmArgs;
use super::output::{CommandError, print, tell};
use super::server::{PageArgs, ServerArgs, Session};
use super::table::table;
use super::text::word_of;

const EXAMPLES: &str = "\
Examples:
  dateline token create ci --scope read,trigger --project App --expires 90d
  dateline token create ci --scope read > ci.token
  dateline token list
  dateline token revoke ci

TOKEN is an id, its beginning or end, a name, or the beginning of one. The text of a
new token is all of standard output, this once: only a digest of it is kept.";

/// List, make and revoke access tokens
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Token {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List your tokens, newest first, void ones too
    List {
        /// Whose tokens, for admins
        #[arg(long)]
        user: Option<String>,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Make a token of your own and print it
    Create(CreateArgs),
    /// Make a token void at once, also where it is in use
    Revoke {
        /// The token
        token: String,
        /// Whose token, for admins
        #[arg(long)]
        user: Option<String>,
        #[command(flatten)]
        confirm: ConfirmArgs,
    },
}

#[derive(Debug, Args)]
struct CreateArgs {
    /// What you call it
    name: String,
    /// What it allows: read, trigger, write, admin
    #[arg(
        long = "scope", value_name = "SCOPE", required = true, value_delimiter = ',',
        value_parser = word_of(types::Scope::WORDS)
    )]
    scopes: Vec<String>,
    /// A project it reaches; repeat it for more [default: all of yours]
    #[arg(long = "project", value_name = "PROJECT")]
    projects: Vec<String>,
    /// Until when it is good: a last day (UTC), an instant, or a time from now such as 90d or 12h [default: for good]
    #[arg(long, value_name = "WHEN", value_parser = expiry)]
    expires: Option<Expiry>,
}

impl Token {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let Self { verb, server } = self;
        server.run(async |session| act(verb, &session).await)
    }
}

async fn act(verb: Verb, session: &Session) -> Result<(), CommandError> {
    match verb {
        Verb::List { user, page } => {
            let user_id = owner(session, user.as_deref()).await?;
            let call = calls::ListTokens { user_id, limit: page.limit(), cursor: page.cursor() };
            let none = "No tokens yet: `dateline token create NAME --scope read` makes one.";
            session.list(call, &page, none, rows).await
        }
        Verb::Create(create) => create.make(session).await,
        Verb::Revoke { token, user, confirm } => {
            let user = owner(session, user.as_deref()).await?;
            let id = session.token(&token, user).await?;
            confirm.ask(&format!("This makes the token {id} void for good"))?;
            session.ask(&calls::RevokeToken::new(id.clone())).await?;
            tell(&format!("Revoked {id}."));
            Ok(())
        }
    }
}

/// Returns the id of whom tokens are asked about; nobody is named for one's own.
async fn owner(session: &Session, user: Option<&str>) -> Result<Option<String>, CommandError> {
    match user {
        None => Ok(None),
        Some(user) => session.user_id(user).await.map(Some),
    }
}

impl CreateArgs {
    async fn make(self, session: &Session) -> Result<(), CommandError> {
        let mut projects = Vec::new();
        for project in &self.projects {
            projects.push(session.project(project).await?.id);
        }
        let body = types::TokenCreate {
            name: self.name,
            scopes: self.scopes.into_iter().map(types::Scope::from).collect(),
            project_ids: (!projects.is_empty()).then_some(projects),
            expires_at: self.expires.map(|expires| expires.at(session.when.now())),
        };
        let made = session.client.send(&calls::CreateToken::new(body)).await?;
        if session.is_json {
            return session.tell(&made, |_, made| made.token.clone());
        }
        let types::TokenMade { token, details } = made.value;
        let end = details.expires_at.map_or("revoked".to_owned(), |at| session.when.whole(at));
        tell(&format!(
            "Token {} for {}, good until {end}. Its text is shown this once; use it as DATELINE_TOKEN or with \
             --token-file.",
            details.id,
            scopes_of(&details)
        ));
        print(&token)
    }
}

fn scopes_of(token: &types::Token) -> String {
    token.scopes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn rows(session: &Session, tokens: &[types::Token]) -> String {
    let used = format!("last used ({})", session.when.zone());
    let row = |it: &types::Token| {
        let projects = it.project_ids.as_ref().map_or("all".to_owned(), |ids| ids.len().to_string());
        let last = it.last_used_at.map_or("never".to_owned(), |at| session.when.brief(at));
        [
            it.id.clone(),
            it.name.clone(),
            scopes_of(it),
            projects,
            format!("…{}", it.hint),
            last,
            good_until(session, it),
        ]
    };
    table(["id", "name", "scopes", "projects", "ends in", &used, "good until"], tokens.iter().map(row))
}

fn good_until(session: &Session, token: &types::Token) -> String {
    match (token.revoked_at, token.expires_at) {
        (Some(at), _) => format!("revoked {}", session.when.brief(at)),
        (None, Some(at)) => session.when.brief(at),
        (None, None) => "for good".to_owned(),
    }
}
