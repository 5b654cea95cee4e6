//! Walking references depth first, in document order, without recursion.

use alloc::vec::Vec;

use crate::collections::list;

/// What a walk over all nodes found.
pub(crate) struct Walk {
    /// The nodes, each after all that it refers to (where there is no cycle).
    pub(crate) order: Vec<usize>,
    /// The references that close a cycle: node and position among its references.
    pub(crate) closing: Vec<(usize, usize)>,
}

/// The references of nodes. A trait of its own, since each closure behind a `dyn Fn` is compiled twice.
pub(crate) trait References {
    /// The node that the k-th reference of a node names; `usize::MAX` where it names none.
    fn reference(&self, node: usize, k: usize) -> Option<usize>;
}

impl<F: Fn(usize, usize) -> Option<usize>> References for F {
    fn reference(&self, node: usize, k: usize) -> Option<usize> {
        self(node, k)
    }
}

/// Walks `count` nodes.
#[inline(never)]
pub(crate) fn walk(count: usize, references: &dyn References) -> Walk {
    let mut found = Walk { order: Vec::new(), closing: Vec::new() };
    let mut state = list::filled(State::New, count);
    let mut path: Vec<(usize, usize)> = Vec::new();
    for start in 0..count {
        if state.get(start) == Some(&State::New) {
            enter(&mut state, &mut path, start);
        }
        while let Some((node, next)) = path.pop() {
            let Some(target) = references.reference(node, next) else {
                set(&mut state, node, State::Done);
                list::push(&mut found.order, node);
                continue;
            };
            list::push(&mut path, (node, next + 1));
            match state.get(target) {
                Some(State::New) => enter(&mut state, &mut path, target),
                Some(State::Open) => list::push(&mut found.closing, (node, next)),
                _ => {}
            }
        }
    }
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

fn enter(state: &mut [State], path: &mut Vec<(usize, usize)>, node: usize) {
    set(state, node, State::Open);
    list::push(path, (node, 0));
}

fn set(state: &mut [State], node: usize, to: State) {
    if let Some(slot) = state.get_mut(node) {
        *slot = to;
    }
}

#[cfg(test)]
mod tests {
    use super::walk;

    #[test]
    fn closing_references_are_named_in_document_order() {
        let edges: [&[usize]; 4] = [&[1, 2], &[2], &[0, 3], &[3]];
        let found = walk(4, &|node: usize, k: usize| edges[node].get(k).copied());
        assert_eq!(found.closing, [(2, 0), (3, 0)]);
        assert_eq!(found.order, [3, 2, 1, 0]);
    }
}
