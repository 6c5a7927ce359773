//! People as a history names them, through `.mailmap`, without their addresses.

use std::collections::HashMap;
use std::sync::Arc;

use dateline_core::activity::Person;
use gix::bstr::ByteSlice;
use gix::{ObjectId, Repository};

use crate::source::person::person;

/// Turns names and addresses into [`Person`]s, each once.
#[derive(Debug, Clone, Default)]
pub(super) struct People {
    mailmap: Arc<gix::mailmap::Snapshot>,
    known: HashMap<(Vec<u8>, Vec<u8>), Person>,
}

impl People {
    /// Reads `.mailmap` from the tree of `head`.
    ///
    /// The committed file, not the work tree's: the same history gives the same people wherever it is read.
    pub(super) fn at(repo: &Repository, head: ObjectId) -> Self {
        let mailmap = committed_mailmap(repo, head).unwrap_or_default();
        Self { mailmap: Arc::new(mailmap), known: HashMap::new() }
    }

    /// Returns who `name` and `email` are.
    pub(super) fn person(&mut self, name: &[u8], email: &[u8]) -> &Person {
        let written = (name.to_vec(), email.to_vec());
        let mailmap = &self.mailmap;
        self.known.entry(written).or_insert_with(|| resolve(mailmap, name, email))
    }
}

fn committed_mailmap(repo: &Repository, head: ObjectId) -> Option<gix::mailmap::Snapshot> {
    let tree = repo.find_commit(head).ok()?.tree().ok()?;
    let entry = tree.find_entry(".mailmap").filter(|entry| entry.mode().is_blob())?;
    let file = repo.find_object(entry.object_id()).ok()?;
    Some(gix::mailmap::Snapshot::from_bytes(&file.data))
}

fn resolve(mailmap: &gix::mailmap::Snapshot, name: &[u8], email: &[u8]) -> Person {
    let written = gix::actor::SignatureRef { name: name.as_bstr(), email: email.as_bstr(), time: "0 +0000" };
    let mapped = mailmap.try_resolve_ref(written);
    let name = mapped.as_ref().and_then(|to| to.name).unwrap_or(name.as_bstr()).to_str_lossy().into_owned();
    let email =
        mapped.as_ref().and_then(|to| to.email).unwrap_or(email.as_bstr()).to_str_lossy().to_lowercase();
    person(&name, &email)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, email: &str, expected: bool) {
        let mailmap = gix::mailmap::Snapshot::default();
        assert_eq!(resolve(&mailmap, name.as_bytes(), email.as_bytes()).is_bot, expected, "{name} <{email}>");
    }

    #[test]
    fn robots_are_told_from_people() {
        check("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com", true);
        check("Renovate", "x@y", true);
        check("renovate-bot", "x@y", true);
        check("GitHub Actions", "actions@github.com", true);
        check("k8s-ci-robot", "x@y", true);
        check("Release Bot", "x@y", true);
        check("someone", "1+ship[bot]@users.noreply.github.com", true);
        check("Ann Botham", "ann@x.y", false);
        check("Borsuk", "x@y", false);
        check("Talbot", "talbot@x.y", false);
        check("Robin Abbott", "x@y", false);
    }

    #[test]
    fn a_key_follows_the_address_in_any_case_and_does_not_show_it() {
        let mailmap = gix::mailmap::Snapshot::from_bytes(b"Ann Lee <ann@x.y> <old@x.y>\n");
        let now = resolve(&mailmap, b"Ann", b"Ann@X.Y");
        let then = resolve(&mailmap, b"annie", b"OLD@x.y");
        assert_eq!(now.key, then.key);
        assert_eq!(then.name, "Ann Lee");
        assert!(!now.key.contains("ann"));
        assert_ne!(resolve(&mailmap, b"Ann", b"").key, resolve(&mailmap, b"Bo", b"").key);
    }
}
