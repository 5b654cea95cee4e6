//! What conditions read, of records and of what is in their lists.

use alloc::vec::Vec;

use super::{Conditions, Node, Root};
use crate::collections::sort::sort_by;
use crate::ids::ConditionId;
use crate::json::text::Document;

/// What is read at a path, and by `$elem` of the elements of the list that is there.
#[derive(Debug)]
pub(crate) struct Read<'a> {
    pub(crate) path: &'a str,
    pub(crate) element: Vec<Read<'a>>,
}

impl Conditions {
    /// What all conditions read below a root, by path.
    pub(crate) fn reads_below<'a>(&self, root: Root, document: &'a Document) -> Vec<Read<'a>> {
        let mut found = Vec::new();
        for node in &self.nodes {
            self.add_reads(node, root, document, &mut found);
        }
        tidy(&mut found);
        found
    }

    /// What one condition reads below a root, by path.
    pub(crate) fn reads_of<'a>(
        &self,
        when: ConditionId,
        root: Root,
        document: &'a Document,
    ) -> Vec<Read<'a>> {
        let mut found = Vec::new();
        self.add_reads_of(when, root, document, &mut found);
        tidy(&mut found);
        found
    }

    fn add_reads_of<'a>(
        &self,
        when: ConditionId,
        root: Root,
        document: &'a Document,
        to: &mut Vec<Read<'a>>,
    ) {
        for leaf in self.leaves_of(Some(when)) {
            self.add_reads(leaf, root, document, to);
            // There the elements are others.
            if let Some((_, inside)) = leaf.on_elements().filter(|_| root != Root::Element) {
                self.add_reads_of(inside.when, root, document, to);
            }
        }
    }

    fn add_reads<'a>(&self, node: &Node, root: Root, document: &'a Document, to: &mut Vec<Read<'a>>) {
        for path in node.paths().filter(|path| path.root == root) {
            let mut element = Vec::new();
            if let Some((_, inside)) = node.on_elements() {
                self.add_reads_of(inside.when, Root::Element, document, &mut element);
            }
            to.push(Read { path: document.str(path.rest), element });
        }
    }
}

/// Sorts by path, and makes one of what is read at the same.
fn tidy(reads: &mut Vec<Read<'_>>) {
    sort_by(reads, |a, b| a.path.cmp(b.path));
    reads.dedup_by(|next, kept| {
        let is_same = next.path == kept.path;
        if is_same {
            kept.element.append(&mut next.element);
        }
        is_same
    });
    for read in reads {
        tidy(&mut read.element);
    }
}
