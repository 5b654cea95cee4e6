//! What is wrong with a document: problems by their byte offset.
//!
//! With the feature `engine` all are collected, with what their sentences are made from; `error` makes those,
//! once, at the end. Without it, the first problem ends the reading, and there are no words.

use crate::code::Code;

#[cfg(feature = "engine")]
pub(crate) use all::{Problem, Problems, Say};
#[cfg(not(feature = "engine"))]
pub(crate) use first::{Problems, Say};

#[cfg(feature = "engine")]
mod all {
    use alloc::vec::Vec;

    use super::Code;
    use crate::collections::sort::sort_by;

    /// The most problems that one load reports.
    pub(crate) const MAX_ISSUES: usize = 100;

    /// What a problem's sentence is made from, besides the value at its offset.
    #[derive(Clone, Copy, Debug)]
    pub(crate) enum Say {
        /// What should stand there.
        Expected(&'static str),
        /// The key that is missing.
        Missing(&'static str),
        /// The words of which it should be one.
        NotAKey(&'static [&'static str]),
        /// It is not an operator.
        NotAnOperator,
        /// It is neither a path nor a word like `$and`.
        NotAWord,
        /// The value stands there twice.
        Twice,
        /// The value is not declared; the code says among what.
        Undeclared,
        /// The whole sentence.
        That(&'static str),
    }

    impl Say {
        pub(crate) const TWICE: Self = Self::Twice;
        pub(crate) const UNDECLARED: Self = Self::Undeclared;
        pub(crate) const NOT_AN_OPERATOR: Self = Self::NotAnOperator;
        pub(crate) const NOT_A_WORD: Self = Self::NotAWord;

        pub(crate) const fn expected(what: &'static str) -> Self {
            Self::Expected(what)
        }

        pub(crate) const fn missing(key: &'static str) -> Self {
            Self::Missing(key)
        }

        pub(crate) const fn not_a_key(known: &'static [&'static str]) -> Self {
            Self::NotAKey(known)
        }

        pub(crate) const fn that(sentence: &'static str) -> Self {
            Self::That(sentence)
        }
    }

    /// A problem as it was found.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Problem {
        pub(crate) at: usize,
        pub(crate) code: Code,
        pub(crate) say: Say,
    }

    /// All problems of one document.
    #[derive(Debug, Default)]
    pub(crate) struct Problems {
        list: Vec<Problem>,
        /// An unknown format: then nothing else is reported.
        format: Option<Problem>,
        /// Why reading stopped; then nothing else is reported either.
        stop: Option<Problem>,
    }

    impl Problems {
        pub(crate) fn add(&mut self, at: usize, code: Code, say: Say) {
            let problem = Problem { at, code, say };
            if code == Code::UnknownFormat {
                self.format = Some(problem);
            }
            self.list.push(problem);
            if self.list.len() >= 4 * MAX_ISSUES {
                self.trim();
            }
        }

        /// Notes why reading stopped; the first reason stays.
        pub(crate) fn stop(&mut self, at: usize, code: Code, say: Say) {
            self.stop.get_or_insert(Problem { at, code, say });
        }

        /// Why reading stopped, if it did.
        pub(crate) fn stopped(&self) -> Option<Problem> {
            self.stop
        }

        pub(crate) fn is_empty(&self) -> bool {
            self.list.is_empty() && self.stop.is_none()
        }

        /// What there is to report, in document order.
        pub(crate) fn into_list(mut self) -> Vec<Problem> {
            if let Some(format) = self.format {
                self.list = [format].into();
            }
            self.trim();
            self.list
        }

        /// Sorts by place and keeps the first [`MAX_ISSUES`].
        fn trim(&mut self) {
            sort_by(&mut self.list, |a, b| a.at.cmp(&b.at));
            self.list.truncate(MAX_ISSUES);
        }
    }
}

#[cfg(not(feature = "engine"))]
mod first {
    use super::Code;

    /// No words.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Say;

    impl Say {
        pub(crate) const TWICE: Self = Self;
        pub(crate) const UNDECLARED: Self = Self;
        pub(crate) const NOT_AN_OPERATOR: Self = Self;
        pub(crate) const NOT_A_WORD: Self = Self;

        pub(crate) const fn expected(_: &'static str) -> Self {
            Self
        }

        pub(crate) const fn missing(_: &'static str) -> Self {
            Self
        }

        pub(crate) const fn not_a_key(_: &'static [&'static str]) -> Self {
            Self
        }

        pub(crate) const fn that(_: &'static str) -> Self {
            Self
        }
    }

    /// The first problem of a document.
    #[derive(Debug, Default)]
    pub(crate) struct Problems(Option<(usize, Code)>);

    impl Problems {
        pub(crate) fn add(&mut self, at: usize, code: Code, _: Say) {
            self.0.get_or_insert((at, code));
        }

        pub(crate) fn stop(&mut self, at: usize, code: Code, say: Say) {
            self.add(at, code, say);
        }

        /// Its offset and code.
        pub(crate) fn first(&self) -> Option<(usize, Code)> {
            self.0
        }
    }
}
