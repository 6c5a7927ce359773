//! Who brought in what: the first-parent line and the merges on it.

use super::graph::Graph;

/// How the commits of a graph came to the branch.
#[derive(Debug)]
pub(super) struct Lineage {
    is_on_line: Vec<bool>,
    brought_by: Vec<Option<usize>>,
}

impl Lineage {
    /// Follows the first parents of `head` and gives every other commit to the oldest merge that reaches it.
    ///
    /// Oldest first, because what an earlier merge brought in is reachable from later ones too.
    pub(super) fn of(graph: &Graph, head: usize) -> Self {
        let mut lineage =
            Self { is_on_line: vec![false; graph.nodes.len()], brought_by: vec![None; graph.nodes.len()] };
        let mut line = Vec::new();
        let mut next = Some(head);
        while let Some(at) = next.filter(|at| !graph.nodes[*at].is_covered) {
            lineage.is_on_line[at] = true;
            line.push(at);
            next = graph.nodes[at].parents.first().and_then(|parent| graph.find(parent));
        }
        for merge in line.into_iter().rev().filter(|at| graph.nodes[*at].parents.len() > 1) {
            lineage.claim(graph, merge);
        }
        lineage
    }

    fn claim(&mut self, graph: &Graph, merge: usize) {
        let mut open: Vec<usize> = parents(graph, merge).skip(1).collect();
        while let Some(at) = open.pop() {
            let is_free =
                !self.is_on_line[at] && self.brought_by[at].is_none() && !graph.nodes[at].is_covered;
            if is_free {
                self.brought_by[at] = Some(merge);
                open.extend(parents(graph, at));
            }
        }
    }

    /// Whether `at` lies on the first-parent line.
    pub(super) fn is_on_line(&self, at: usize) -> bool {
        self.is_on_line[at]
    }

    /// Returns the merge on the line that brought `at` in.
    pub(super) fn brought_by(&self, at: usize) -> Option<usize> {
        self.brought_by[at]
    }
}

fn parents(graph: &Graph, at: usize) -> impl Iterator<Item = usize> + '_ {
    graph.nodes[at].parents.iter().filter_map(|parent| graph.find(parent))
}
