//! Who else works on a project.

use clap::{Args, Subcommand};
use dateline_openapi::{calls, types};

use super::super::output::{CommandError, tell};
use super::super::server::{PageArgs, Session};
use super::super::table::table;
use super::super::text::word_of;

/// What a member can be given: only who created a project owns it.
const GIVEN: &[&str] = &["VIEW", "EDIT", "APPROVE"];

#[derive(Debug, Subcommand)]
pub(super) enum MembersVerb {
    /// List who was added to a project; its owner is not among them
    Members {
        /// The project
        project: String,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Add somebody to a project, or change how far their say goes
    Share(ShareArgs),
    /// Remove somebody from a project
    Unshare {
        /// The project
        project: String,
        /// The member: an id, a name, or `me`
        user: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct ShareArgs {
    /// The project
    project: String,
    /// The person: an id, or, for admins, also a name or an e-mail address
    user: String,
    /// How far their say goes: view (read), edit (also change, run, steer), approve (also decide and publish)
    #[arg(long, value_name = "ACCESS", value_parser = word_of(GIVEN))]
    access: String,
}

impl MembersVerb {
    pub(super) async fn act(self, session: &Session) -> Result<(), CommandError> {
        match self {
            Self::Members { project, page } => {
                let id = session.project(&project).await?.id;
                let call = calls::ListMembers {
                    limit: page.limit(),
                    cursor: page.cursor(),
                    ..calls::ListMembers::new(id)
                };
                session.list(call, &page, "Nobody was added: the project is its owner's alone.", rows).await
            }
            Self::Share(ShareArgs { project, user, access }) => {
                let project = session.project(&project).await?.id;
                let user = session.user_id(&user).await?;
                let body = types::MemberPut { access: access.into() };
                let told = |_: &Session, member: &types::Member| {
                    format!("{} ({}) has {}", member.user_id, member.name, member.access)
                };
                session.show(&calls::PutMember::new(project, user, body), told).await
            }
            Self::Unshare { project, user } => {
                let project = session.project(&project).await?.id;
                let user = session.member(&project, &user).await?;
                session.ask(&calls::RemoveMember::new(project, user.clone())).await?;
                tell(&format!("Removed {user}."));
                Ok(())
            }
        }
    }
}

fn rows(session: &Session, members: &[types::Member]) -> String {
    let added = format!("added ({})", session.when.zone());
    let row = |it: &types::Member| {
        [it.user_id.clone(), it.name.clone(), it.access.to_string(), session.when.brief(it.added_at)]
    };
    table(["id", "name", "access", &added], members.iter().map(row))
}
