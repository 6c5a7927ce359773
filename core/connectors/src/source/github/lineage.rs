//! Who brought in what: the first-parent line and the merges on it, as far as the window reaches.

use std::collections::{HashMap, HashSet};

use dateline_core::activity::Commit;

use super::answers::CommitAnswer;

/// Ties each merge on the first-parent line of `head` to the commits it brought in, the oldest merge first.
///
/// Oldest first, because what an earlier merge brought in is reachable from later ones too.
pub(super) fn relate(commits: &mut [Commit], answers: &[CommitAnswer], head: &str) {
    let places: HashMap<&str, usize> =
        answers.iter().enumerate().map(|(at, answer)| (answer.sha.as_str(), at)).collect();
    let parents = |at: usize| answers[at].parents.iter().filter_map(|parent| places.get(parent.sha.as_str()));
    let mut line = Vec::new();
    let mut next = places.get(head).copied();
    while let Some(at) = next.filter(|at| !line.contains(at)) {
        line.push(at);
        let first = answers[at].parents.first();
        next = first.and_then(|parent| places.get(parent.sha.as_str()).copied());
    }
    let mut taken: HashSet<usize> = line.iter().copied().collect();
    for merge in line.iter().rev().copied().filter(|at| answers[*at].parents.len() > 1) {
        let mut open: Vec<usize> = parents(merge).skip_while(|at| line.contains(at)).copied().collect();
        let mut brought = Vec::new();
        while let Some(at) = open.pop() {
            if taken.insert(at) {
                brought.push(at);
                open.extend(parents(at).copied());
            }
        }
        brought.sort_unstable();
        for at in &brought {
            commits[*at].merged_in = Some(answers[merge].sha.clone());
        }
        let shas = brought.iter().map(|at| answers[*at].sha.clone()).collect();
        if let Some(told) = &mut commits[merge].merge {
            told.commits = shas;
        }
    }
}
