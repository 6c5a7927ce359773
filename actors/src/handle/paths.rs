//! Where local paths may not lead: into the folder that holds Dateline's own data.

use std::path::{Path, PathBuf};

use dateline_core::project::Project;
use dateline_core::publisher::Target;
use dateline_core::source::Source;

use super::check::Faults;
use crate::shared::Shared;

/// Adds a fault for every path of `project` that leads into the private folder, links and `..` resolved.
pub(super) async fn refuse_private(shared: &Shared, project: &Project, faults: &mut Faults) {
    let private = shared.settings.private_folder.clone();
    let named = named_paths(project);
    if private.as_os_str().is_empty() {
        return;
    }
    let resolve = move || {
        let private = resolved(&private);
        let inside = |(_, path): &(String, String)| resolved(Path::new(path)).starts_with(&private);
        named.into_iter().filter(inside).collect::<Vec<_>>()
    };
    // The task only fails when the process ends; nothing is then created either.
    for (pointer, path) in tokio::task::spawn_blocking(resolve).await.unwrap_or_default() {
        faults.add(pointer, &path, "a path outside the data folder");
    }
}

fn named_paths(project: &Project) -> Vec<(String, String)> {
    let Source::Git { path, branch: _ } = &project.source;
    let mut named = vec![("/source/path".to_owned(), path.clone())];
    for (index, entry) in project.platforms.iter().enumerate() {
        if let Some(Target::Folder { path, .. } | Target::Feed { path, .. }) = &entry.settings.target {
            named.push((format!("/platforms/{index}/settings/target/path"), path.clone()));
        }
    }
    named
}

/// Returns the path with its links resolved as far as it exists; the rest is appended as written.
fn resolved(path: &Path) -> PathBuf {
    for ancestor in path.ancestors() {
        if let Ok(real) = ancestor.canonicalize() {
            let rest = path.strip_prefix(ancestor).unwrap_or(Path::new(""));
            return real.join(rest);
        }
    }
    path.to_owned()
}
