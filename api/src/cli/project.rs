//! `dateline project`: what is written about.

mod members;
mod place;

use clap::{Args, Subcommand};
use dateline_openapi::{calls, types};
use serde_json::{Value, json};

use self::members::MembersVerb;
use self::place::GithubArgs;
pub(super) use self::place::source_of;
use super::body::WithArgs;
use super::confirm::ConfirmArgs;
use super::local_zone::local_zone;
use super::output::{CommandError, tell};
use super::pause::{PauseArgs, told};
use super::server::{PageArgs, ServerArgs, Session};
use super::table::{sheet, table};
use super::text::PlatformName;
use super::write::absolute;

const EXAMPLES: &str = "\
Examples:
  dateline project create . --for markdown,mastodon
  dateline project create --github example/lantern --github-token-file ~/.lantern-token
  dateline project create ~/src/app --name App --site hugo:$HOME/site/content/posts
  dateline project list
  dateline project edit App --tz Europe/Berlin
  dateline project edit App --with '{\"style\": {\"tags\": [\"rust\"]}}'
  dateline project edit App --executions-max 3
  dateline project share App ana@example.org --access edit
  dateline project pause App --reason 'frozen for the release' --until 7d
  dateline project resume App
  dateline project remove App

NAME is an id, its beginning or end, a name, or the beginning of one.";

/// List, create and change projects
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Project {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List projects, newest first
    List(PageArgs),
    /// Show one project
    Show {
        /// The project
        name: String,
    },
    /// Create a project of a repository
    Create {
        /// The repository, its work tree or a folder inside
        #[arg(default_value = ".")]
        path: std::path::PathBuf,
        #[command(flatten)]
        github: GithubArgs,
        #[command(flatten)]
        fields: Fields,
        #[command(flatten)]
        with: WithArgs,
    },
    /// Change a project; what is not given stays as it is
    Edit {
        /// The project
        project: String,
        /// The repository, its work tree or a folder inside
        #[arg(long)]
        path: Option<std::path::PathBuf>,
        #[command(flatten)]
        github: GithubArgs,
        #[command(flatten)]
        fields: Fields,
        #[command(flatten)]
        with: WithArgs,
    },
    /// Let the occurrences of a project's jobs pass as skipped until it is resumed
    Pause {
        /// The project
        name: String,
        #[command(flatten)]
        pause: PauseArgs,
    },
    /// End a project's pause
    Resume {
        /// The project
        name: String,
    },
    /// Remove a project and cancel its jobs; its history stays
    Remove {
        /// The project
        name: String,
        #[command(flatten)]
        confirm: ConfirmArgs,
    },
    #[command(flatten)]
    Members(MembersVerb),
}

#[derive(Debug, Args)]
struct Fields {
    /// What texts call it [default: the name of the folder or repository]
    #[arg(long)]
    name: Option<String>,
    /// The branch to read [default: the checked-out one]
    #[arg(long)]
    branch: Option<String>,
    /// What to write for [default: markdown]
    #[arg(long = "for", value_name = "PLATFORM", value_enum, value_delimiter = ',')]
    platforms: Vec<PlatformName>,
    /// Publish Markdown articles into a static site's folder: hugo, jekyll, astro or zola, a colon, the folder
    #[arg(long, value_name = "KIND:DIR", value_parser = site)]
    site: Option<(String, String)>,
    /// The zone dates are told in, an IANA name [default: the zone you live in]
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
    /// How many of its executions may run at once, 1 to 1000 [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1000))]
    executions_max: Option<u64>,
}

fn site(text: &str) -> Result<(String, String), String> {
    let expected = || "expected KIND:DIR, such as hugo:/srv/site/content/posts".to_owned();
    let (kind, folder) = text.split_once(':').ok_or_else(expected)?;
    let kind = kind.to_uppercase();
    if !types::SiteKind::WORDS.contains(&kind.as_str()) {
        return Err(expected());
    }
    let folder = std::path::absolute(folder).map_err(|error| error.to_string())?;
    Ok((kind, folder.to_string_lossy().into_owned()))
}

impl Fields {
    /// Returns the fields that were given, as the interface spells them.
    fn json(&self) -> Value {
        let mut fields = json!({});
        if let Some(name) = &self.name {
            fields["name"] = json!(name);
        }
        if let Some(zone) = &self.tz {
            fields["timezone"] = json!(zone);
        }
        if let Some(max) = self.executions_max {
            fields["executionsMax"] = json!(max);
        }
        let mut words: Vec<String> = self.platforms.iter().map(|it| it.word().as_str().to_owned()).collect();
        if self.site.is_some() && !words.iter().any(|word| word == "MARKDOWN") {
            words.push("MARKDOWN".into());
        }
        if !words.is_empty() {
            let entry = |word: &String| match &self.site {
                Some((site, path)) if word == "MARKDOWN" => {
                    let target = json!({ "kind": "FOLDER", "path": path, "site": site });
                    json!({ "platform": word, "settings": { "target": target } })
                }
                _ => json!({ "platform": word }),
            };
            fields["platforms"] = words.iter().map(entry).collect();
        }
        fields
    }
}

impl Project {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let Self { verb, server } = self;
        server.run(async |session| act(verb, &session).await)
    }
}

async fn act(verb: Verb, session: &Session) -> Result<(), CommandError> {
    match verb {
        Verb::List(page) => {
            let call = calls::ListProjects { limit: page.limit(), cursor: page.cursor() };
            let none = "No projects yet: `dateline project create PATH` makes one.";
            session.list(call, &page, none, rows).await
        }
        Verb::Show { name } => {
            let id = session.project(&name).await?.id;
            session.show(&calls::GetProject::new(id), whole).await
        }
        Verb::Create { path, github, fields, with } => {
            let path = absolute(&path)?;
            let mut body = fields.json();
            let of_github = github.source(fields.branch.as_deref())?;
            body["source"] = of_github.unwrap_or_else(|| place::folder(&path, fields.branch.as_deref()));
            if fields.name.is_none() {
                let folder = std::path::Path::new(&path).file_name().and_then(|name| name.to_str());
                body["name"] = json!(github.name().or(folder).unwrap_or("repository"));
            }
            if fields.tz.is_none() {
                body["timezone"] = json!(local_zone().name());
            }
            session.show(&calls::CreateProject::new(with.over(body)?), whole).await
        }
        Verb::Edit { project, path, github, fields, with } => {
            let stored = session.project(&project).await?;
            let mut body = fields.json();
            let branch = fields.branch.as_deref();
            if let Some(source) = github.source(branch)? {
                body["source"] = source;
            } else if let Some(path) = path {
                body["source"] = place::folder(&absolute(&path)?, branch);
            } else if let Some(branch) = branch {
                body["source"] = place::on_branch(&stored.source, branch)?;
            }
            let is_empty = body.as_object().is_none_or(serde_json::Map::is_empty) && with.is_empty();
            if is_empty {
                return Err(CommandError::Usage(
                    "nothing to change was given; `dateline project edit --help`".into(),
                ));
            }
            session.show(&calls::ChangeProject::new(stored.id, with.over(body)?), whole).await
        }
        Verb::Pause { name, pause } => {
            let (id, body) = (session.project(&name).await?.id, Some(pause.body(session)));
            session.show(&calls::PauseProject { body, ..calls::PauseProject::new(id) }, whole).await
        }
        Verb::Resume { name } => {
            let id = session.project(&name).await?.id;
            session.show(&calls::ResumeProject::new(id), whole).await
        }
        Verb::Remove { name, confirm } => {
            let project = session.project(&name).await?;
            confirm
                .ask(&format!("This removes the project `{}` and cancels its jobs for good", project.name))?;
            session.ask(&calls::RemoveProject::new(project.id.clone())).await?;
            tell(&format!("Removed {}.", project.id));
            Ok(())
        }
        Verb::Members(verb) => verb.act(session).await,
    }
}

fn rows(session: &Session, projects: &[types::Project]) -> String {
    let created = format!("created ({})", session.when.zone());
    let row = |it: &types::Project| {
        [it.id.clone(), it.name.clone(), source_of(it), platforms_of(it), session.when.brief(it.created_at)]
    };
    table(["id", "name", "source", "platforms", &created], projects.iter().map(row))
}

fn whole(session: &Session, project: &types::Project) -> String {
    let targets = project.platforms.iter().filter_map(target_of).collect::<Vec<_>>().join(", ");
    sheet([
        ("id", Some(project.id.clone())),
        ("name", Some(project.name.clone())),
        ("source", Some(source_of(project))),
        ("platforms", Some(platforms_of(project))),
        ("publishes to", Some(targets).filter(|targets| !targets.is_empty())),
        ("timezone", Some(project.timezone.clone())),
        ("tags", listed(project.style.tags.as_deref())),
        ("bots", listed(project.style.bots.as_deref())),
        ("at once", Some(executions(project.executions_max))),
        ("paused", project.pause.as_ref().map(|pause| told(session, pause))),
        ("created", Some(session.when.whole(project.created_at))),
        ("changed", Some(session.when.whole(project.updated_at))),
    ])
}

fn executions(max: u64) -> String {
    if max == 1 { "one execution".to_owned() } else { format!("{max} executions") }
}

fn listed(words: Option<&[String]>) -> Option<String> {
    words.filter(|words| !words.is_empty()).map(|words| words.join(", "))
}

fn platforms_of(project: &types::Project) -> String {
    let word = |entry: &types::PlatformEntry| {
        let off = if entry.is_enabled == Some(false) { " (off)" } else { "" };
        format!("{}{off}", entry.platform)
    };
    project.platforms.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn target_of(entry: &types::PlatformEntry) -> Option<String> {
    let target = entry.settings.as_ref()?.target.as_ref()?;
    let fields = serde_json::to_value(target).ok()?;
    let place =
        fields["path"].as_str().or_else(|| fields["url"].as_str()).or_else(|| fields["kind"].as_str())?;
    Some(format!("{}: {place}", entry.platform))
}
