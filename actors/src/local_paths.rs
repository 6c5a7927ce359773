//! Where local paths may lead: never into the folder that holds Dateline's own data, and, unless an owner of the
//! instance set them, only under the roots that an owner allows. Looked at when they are saved and again when they are
//! used: what a path leads to can change in between.

use std::path::{Path, PathBuf};

use dateline_core::project::Project;
use dateline_core::publisher::Target;
use dateline_core::source::Source;
use dateline_core::store::StoreError;

use crate::aside::aside;
use crate::shared::Shared;

/// What a run or a publication is told when its path leads elsewhere.
pub(crate) const NOT_ALLOWED: &str =
    "the path does not, or no longer, lie under a folder that an owner of this instance allows";

/// A path somebody wrote, and the field it stands in.
pub(crate) type Named = (String, String);

/// Returns the local paths of a project.
pub(crate) fn named(project: &Project) -> Vec<Named> {
    let mut named = match &project.source {
        Source::Git { path, branch: _ } => vec![("/source/path".to_owned(), path.clone())],
        Source::Github { .. } => Vec::new(),
    };
    for (index, entry) in project.platforms.iter().enumerate() {
        if let Some(target) = &entry.settings.target {
            named.push((format!("/platforms/{index}/settings/target/path"), path_of(target).to_owned()));
        }
    }
    named
}

/// Returns the local path of a target.
pub(crate) fn path_of(target: &Target) -> &str {
    match target {
        Target::Folder { path, .. } | Target::Feed { path, .. } => path,
    }
}

/// Returns those of `paths` that lead into the data folder, links and `..` resolved.
pub(crate) async fn private(shared: &Shared, paths: Vec<Named>) -> Vec<Named> {
    let private = shared.settings.private_folder.clone();
    if private.as_os_str().is_empty() {
        return Vec::new();
    }
    let look = move || {
        let private = resolved(&private);
        let is_inside = |(_, path): &Named| resolved(Path::new(path)).starts_with(&private);
        paths.into_iter().filter(is_inside).collect()
    };
    // The task only fails when the process ends; nothing is then created either.
    aside(look).await.unwrap_or_default()
}

/// The folders an owner allows.
#[derive(Debug, Clone)]
pub(crate) struct Roots(Vec<String>);

impl Roots {
    /// Returns them as they are set now.
    pub(crate) async fn of(shared: &Shared) -> Result<Self, StoreError> {
        Ok(Self(shared.parts.store.instance_settings().await?.local_roots))
    }

    /// Returns what would be right, as a phrase that follows the word "expected". It says nothing about what is there.
    pub(crate) fn expected(&self) -> String {
        match self.0.as_slice() {
            [] => "no local path: an owner of this instance has to allow a folder first".to_owned(),
            roots => format!("a path under {}", roots.join(" or ")),
        }
    }

    /// Returns those of `paths` that lead out of every root, links and `..` resolved.
    pub(crate) async fn outside(&self, paths: Vec<Named>) -> Vec<Named> {
        let (roots, all) = (self.0.clone(), paths.clone());
        let look = move || {
            let roots: Vec<PathBuf> = roots.iter().map(|root| resolved(Path::new(root))).collect();
            let is_outside = |(_, path): &Named| {
                let real = resolved(Path::new(path));
                has_parents(&real) || !roots.iter().any(|root| real.starts_with(root))
            };
            paths.into_iter().filter(is_outside).collect()
        };
        // When the task is lost, nothing is known to be inside.
        aside(look).await.unwrap_or(all)
    }

    /// Whether `path` lies under a root.
    pub(crate) async fn hold(&self, path: &str) -> bool {
        self.outside(vec![(String::new(), path.to_owned())]).await.is_empty()
    }

    /// Whether all that is read for `source` lies under a root: a repository may keep its parts elsewhere, and a folder
    /// may belong to one further up.
    pub(crate) async fn hold_source(&self, shared: &Shared, source: &Source) -> bool {
        match source {
            Source::Git { path, branch: _ } if !self.hold(path).await => return false,
            Source::Git { .. } => {}
            Source::Github { .. } => return true,
        }
        // A source that cannot be read says so where it is read.
        let Ok(places) = shared.parts.source.places(source).await else { return true };
        let places = places.into_iter().map(|place| (String::new(), place.display().to_string())).collect();
        self.outside(places).await.is_empty()
    }
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

/// A `..` behind what does not exist leads nobody knows where.
fn has_parents(path: &Path) -> bool {
    path.components().any(|part| part == std::path::Component::ParentDir)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn outside(roots: &[&Path], path: PathBuf) -> bool {
        let roots = Roots(roots.iter().map(|root| root.display().to_string()).collect());
        !roots.hold(&path.display().to_string()).await
    }

    #[tokio::test]
    async fn only_what_leads_under_a_root_is_inside() {
        let dir = tempfile::tempdir().expect("a folder");
        let (root, other) = (dir.path().join("root"), dir.path().join("other"));
        std::fs::create_dir_all(root.join("a")).expect("made");
        std::fs::create_dir_all(&other).expect("made");
        std::os::unix::fs::symlink(&other, root.join("link")).expect("made");
        std::os::unix::fs::symlink(root.join("a"), other.join("back")).expect("made");
        let roots: &[&Path] = &[&root];
        for inside in [root.clone(), root.join("a"), root.join("new/folder"), other.join("back")] {
            assert!(!outside(roots, inside.clone()).await, "{inside:?}");
        }
        for beyond in [
            other.clone(),
            dir.path().join("rootless"),
            root.join("link"),
            root.join("link/new"),
            root.join("../other"),
            root.join("a/../../other"),
            root.join("missing/../../other"),
            PathBuf::from("/"),
        ] {
            assert!(outside(roots, beyond.clone()).await, "{beyond:?}");
        }
        assert!(outside(&[], root).await, "without roots nothing is inside");
    }
}
