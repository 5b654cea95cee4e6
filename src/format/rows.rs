//! What was read: uniform rows of numbers, one table for each kind.
//!
//! A slot of a row holds one of these:
//! - a *text*: an [`Address`];
//! - a *list*: an index in `pool`, where a count stands and as many entries follow;
//! - a *span*: an index in `spans`, where the offsets of the first byte and behind the last one stand;
//! - a *number*: an index in `numbers`;
//! - one more than the index of another row; or a small number.
//!
//! Always 0 is none of them. Ranges of rows are two slots, from and to.

use alloc::vec::Vec;

use super::table::{Kind, MAX_WIDTH, WRITTEN};
use crate::collections::list;
use crate::collections::names::{Named, Names, position};
use crate::json::text::{Address, Document};

/// The slots of a row that is being read.
pub(crate) type Row = [u32; MAX_WIDTH];

/// All rows of a document, and what their slots point into.
#[derive(Debug)]
pub(crate) struct Rows {
    tables: [Table; Kind::ALL.len()],
    pub(crate) pool: Table,
    pub(crate) spans: Table,
    pub(crate) numbers: Vec<f64>,
    /// Spans of the document's own lists of [`WRITTEN`].
    pub(crate) lists: Vec<u32>,
    /// The rows that names declare.
    names: [Names; Kind::ALL.len()],
    /// Where each user begins in the source.
    #[cfg(feature = "engine")]
    pub(crate) user_offsets: Vec<u32>,
    /// Where the values of the keys of the document and of its catalog begin in the source.
    #[cfg(feature = "engine")]
    pub(crate) key_offsets: Vec<(&'static str, usize)>,
}

/// A list of numbers that grows without leaving much unused.
#[derive(Debug, Default)]
pub(crate) struct Table {
    words: Vec<u32>,
    /// The offset in the source at which it began to grow.
    begun: usize,
}

/// How far reading is: the offset, and the length of the source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    pub(crate) at: usize,
    pub(crate) end: usize,
}

/// From so many numbers on, room is made by what is left to read.
const MANY: usize = 8192;

impl Table {
    /// Appends numbers. Of users and their assignments (`is_last`) the rest of the source is taken to be
    /// full; of anything else too, but room is made for four times what there is at most.
    pub(crate) fn push(&mut self, words: &[u32], is_last: bool, progress: Progress) {
        if self.words.is_empty() {
            self.begun = progress.at;
        }
        if self.words.len() + words.len() > self.words.capacity() {
            if self.words.len() < MANY {
                list::reserve(&mut self.words, words.len());
            } else {
                self.make_room(words.len(), is_last, progress);
            }
        }
        for word in words {
            // Leaves the standard function no room to make.
            if self.words.len() < self.words.capacity() {
                self.words.push(*word);
            }
        }
    }

    #[inline(never)]
    fn make_room(&mut self, more: usize, is_last: bool, Progress { at, end }: Progress) {
        let len = self.words.len();
        let left = end.saturating_sub(at) as u64;
        let like = (len as u64 * left).checked_div(at.saturating_sub(self.begun) as u64);
        let room = usize::try_from(like.unwrap_or_default()).unwrap_or_default();
        let room = if is_last { room } else { room.min(4 * len) };
        list::make_room(&mut self.words, room + room / 32 + more + MAX_WIDTH);
    }

    pub(crate) fn words(&self) -> &[u32] {
        &self.words
    }

    /// How many numbers there are.
    #[expect(clippy::cast_possible_truncation, reason = "a document is shorter than 2^31 bytes")]
    pub(crate) fn len(&self) -> u32 {
        self.words.len() as u32
    }

    #[inline(never)]
    pub(crate) fn get(&self, at: u32) -> u32 {
        self.words.get(at as usize).copied().unwrap_or_default()
    }

    #[inline(never)]
    pub(crate) fn set(&mut self, at: u32, value: u32) {
        if let Some(slot) = self.words.get_mut(at as usize) {
            *slot = value;
        }
    }
}

impl Rows {
    pub(crate) fn new() -> Self {
        // An index of 0 is none, so what stands there is never read.
        let first = |words: &[u32]| Table { words: list::copy(words), begun: 0 };
        Self {
            tables: [const { Table { words: Vec::new(), begun: 0 } }; Kind::ALL.len()],
            pool: first(&[0]),
            spans: first(&[0, 0]),
            numbers: list::copy(&[0.0]),
            lists: Vec::from([0; WRITTEN.len()]),
            names: [const { Names::EMPTY }; Kind::ALL.len()],
            #[cfg(feature = "engine")]
            user_offsets: Vec::new(),
            #[cfg(feature = "engine")]
            key_offsets: Vec::new(),
        }
    }

    /// The numbers of all rows of a kind.
    pub(crate) fn words(&self, kind: Kind) -> &[u32] {
        self.tables.get(kind as usize).map_or(&[], Table::words)
    }

    /// How many rows of a kind there are.
    #[expect(clippy::cast_possible_truncation, reason = "a document is shorter than 2^31 bytes")]
    #[inline(never)]
    pub(crate) fn count(&self, kind: Kind) -> u32 {
        (self.words(kind).len() / kind.width()) as u32
    }

    /// A slot of a row; 0 where there is no such row. The row before the first is the last that a number can
    /// name: its offset wraps where addresses have 32 bits, and is beyond all tables.
    #[inline(never)]
    pub(crate) fn get(&self, kind: Kind, row: u32, slot: usize) -> u32 {
        let at = (row as usize).wrapping_mul(kind.width()).wrapping_add(slot);
        self.words(kind).get(at).copied().unwrap_or_default()
    }

    #[inline(never)]
    pub(crate) fn set(&mut self, kind: Kind, row: u32, slot: usize, value: u32) {
        let at = row as usize * kind.width() + slot;
        if let Some(slot) = self.tables.get_mut(kind as usize).and_then(|table| table.words.get_mut(at)) {
            *slot = value;
        }
    }

    /// Appends a row.
    #[inline(never)]
    pub(crate) fn push(&mut self, kind: Kind, row: &Row, progress: Progress) {
        let is_last = matches!(kind, Kind::User | Kind::Assignment);
        if let Some(table) = self.tables.get_mut(kind as usize) {
            table.push(row.get(..kind.width()).unwrap_or_default(), is_last, progress);
        }
    }

    /// Puts rows of a kind, from an index on, in an order: the lower halves of its entries are rows.
    pub(crate) fn reorder(&mut self, kind: Kind, first: u32, order: &[u64]) {
        let width = kind.width();
        let mut moved = Vec::new();
        for entry in order {
            let from = position(*entry) * width;
            list::extend(&mut moved, self.words(kind).get(from..from + width).unwrap_or_default());
        }
        let from = first as usize * width;
        let table = self.tables.get_mut(kind as usize);
        for (slot, word) in
            table.and_then(|table| table.words.get_mut(from..)).unwrap_or_default().iter_mut().zip(moved)
        {
            *slot = word;
        }
    }

    /// The entries of a list.
    #[inline(never)]
    pub(crate) fn list(&self, list: u32) -> &[u32] {
        let from = list as usize + 1;
        self.pool.words.get(from..from + self.pool.get(list) as usize).unwrap_or_default()
    }

    #[inline(never)]
    pub(crate) fn number(&self, number: u32) -> f64 {
        self.numbers.get(number as usize).copied().unwrap_or_default()
    }

    /// The offset at which a span begins, if there is one.
    #[cfg(feature = "engine")]
    pub(crate) fn span_start(&self, span: u32) -> Option<usize> {
        (span != 0).then(|| self.spans.get(span) as usize)
    }

    /// How many bytes a span has.
    #[inline(never)]
    pub(crate) fn span_length(&self, span: u32) -> u32 {
        if span == 0 { 0 } else { self.spans.get(span + 1) - self.spans.get(span) }
    }

    /// Takes the names of a kind, for who needs no rows of it any more.
    #[cfg(feature = "engine")]
    pub(crate) fn take_names(&mut self, kind: Kind) -> Names {
        self.names.get_mut(kind as usize).map(core::mem::take).unwrap_or_default()
    }

    /// Drops the rows of a kind.
    pub(crate) fn clear(&mut self, kind: Kind) {
        if let Some(table) = self.tables.get_mut(kind as usize) {
            *table = Table::default();
        }
    }

    /// Indexes the names in the first slot of the rows of a kind.
    pub(crate) fn index(&mut self, kind: Kind, document: &Document) {
        let names = Names::new(self.count(kind) as usize, &self.named(kind, document));
        if let Some(slot) = self.names.get_mut(kind as usize) {
            *slot = names;
        }
    }

    /// The text in the first slot of a row.
    #[expect(clippy::cast_possible_truncation, reason = "a document is shorter than 2^31 bytes")]
    pub(crate) fn name(&self, kind: Kind, at: usize) -> Address {
        self.get(kind, at as u32, 0)
    }

    /// The index of the names of a kind.
    #[cfg(not(feature = "engine"))]
    pub(crate) fn names(&self, kind: Kind) -> &[u64] {
        self.names.get(kind as usize).map_or(&[], Names::entries)
    }

    /// One more than the index of the first row of a kind that a name declares; 0 if there is none.
    #[expect(clippy::cast_possible_truncation, reason = "a document is shorter than 2^31 bytes")]
    #[inline(never)]
    pub(crate) fn find(&self, kind: Kind, name: &[u8], document: &Document) -> u32 {
        let names = self.names.get(kind as usize);
        let found = names.and_then(|names| names.find(name, &self.named(kind, document)));
        found.map_or(0, |at| at as u32 + 1)
    }

    /// The rows of a kind whose name an earlier one has.
    pub(crate) fn repeated(&self, kind: Kind, document: &Document) -> Vec<usize> {
        let names = self.names.get(kind as usize);
        names.map(|names| names.repeated(&self.named(kind, document))).unwrap_or_default()
    }

    fn named<'a>(&'a self, kind: Kind, document: &'a Document) -> NamedRows<'a> {
        NamedRows { words: self.words(kind), width: kind.width(), document }
    }

    /// Gives back what was reserved and not used.
    pub(crate) fn shrink(&mut self) {
        for table in self.tables.iter_mut().chain([&mut self.pool, &mut self.spans]) {
            table.words.shrink_to_fit();
        }
        self.numbers.shrink_to_fit();
    }

    /// Drops the rows that nothing asks for once their references are resolved.
    #[cfg(not(feature = "engine"))]
    pub(crate) fn drop_unused(&mut self, kept: usize) {
        for table in self.tables.iter_mut().skip(kept) {
            *table = Table::default();
        }
        for (kind, names) in self.names.iter_mut().enumerate() {
            if kind != Kind::User as usize {
                *names = Names::EMPTY;
            }
        }
    }
}

/// The rows of a kind by their names.
struct NamedRows<'a> {
    words: &'a [u32],
    width: usize,
    document: &'a Document,
}

impl NamedRows<'_> {
    fn address(&self, at: usize) -> Address {
        self.words.get(at * self.width).copied().unwrap_or_default()
    }
}

impl<'a> Named<'a> for NamedRows<'a> {
    fn name_at(&self, at: usize) -> Option<&'a [u8]> {
        let name = self.address(at);
        (name != 0).then(|| self.document.bytes_at(name))
    }

    fn is_at(&self, at: usize, name: &[u8]) -> bool {
        self.document.is_at(self.address(at), name)
    }
}
