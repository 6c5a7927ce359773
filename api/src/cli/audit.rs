//! `dateline audit`: who changed what.

use clap::Args;
use dateline_openapi::{calls, types};

use super::output::CommandError;
use super::server::{PageArgs, ServerArgs, Session};
use super::table::table;

const EXAMPLES: &str = "\
Examples:
  dateline audit
  dateline audit -n 200
  dateline audit --all --json | jq '.items[] | select(.action == \"TOKEN_CREATED\")'

For admins and owners. The newest 100,000 entries are kept.";

/// Show who changed what, newest first
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Audit {
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    server: ServerArgs,
}

impl Audit {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let Self { page, server } = self;
        server.run(async |session| {
            let call = calls::ListAuditEntries { limit: page.limit(), cursor: page.cursor() };
            session.list(call, &page, "Nothing was changed yet.", rows).await
        })
    }
}

fn rows(session: &Session, entries: &[types::AuditEntry]) -> String {
    let at = format!("at ({})", session.when.zone());
    let row = |it: &types::AuditEntry| {
        let detail = it.detail.clone().unwrap_or_default();
        [
            session.when.brief(it.at),
            it.actor_name.clone(),
            it.means.clone(),
            it.action.to_string(),
            it.subject.clone(),
            detail,
        ]
    };
    table([&*at, "who", "by", "action", "what", "detail"], entries.iter().map(row))
}
