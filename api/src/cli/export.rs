//! `dateline export`: projects and jobs as a file.

use clap::Args;
use dateline_openapi::calls;

use super::output::{CommandError, print};
use super::server::{ServerArgs, Session};
use crate::as_code::emit::yaml;
use crate::as_code::standing::Standing;

const EXAMPLES: &str = "\
Examples:
  dateline export > dateline.yaml
  dateline export --project App
  dateline export | dateline apply - --dry-run

The file holds your projects with their jobs, and no secrets. `dateline apply` makes a server as it says.";

const HEAD: &str =
    "# Projects and jobs of Dateline: `dateline apply FILE` makes a server as this file says.\n";

/// Write projects and jobs down as YAML
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Export {
    /// Only this project
    #[arg(long)]
    project: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
}

impl Export {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let Self { project, server } = self;
        server.run(async |session| {
            let mut standing = session.standing().await?;
            if let Some(project) = &project {
                standing = standing.only(&session.project(project).await?.id);
            }
            let file = standing.file();
            let text = if session.is_json {
                super::text::json(&file.to_string())
            } else {
                format!("{HEAD}{}", yaml(&file).trim_end())
            };
            print(&text)
        })
    }
}

impl Session {
    /// Returns the projects and jobs that the caller sees.
    pub(super) async fn standing(&self) -> Result<Standing, CommandError> {
        let projects = calls::ListProjects { limit: Some(200), cursor: None };
        let jobs = calls::ListSchedules { limit: Some(200), ..calls::ListSchedules::default() };
        let projects = self.client.all(projects).await?.value.items;
        let jobs = self.client.all(jobs).await?.value.items;
        let me = self.ask(&calls::GetMe).await?.id;
        Ok(Standing::new(&me, &projects, &jobs))
    }
}
