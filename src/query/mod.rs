//! Answers for one user at one moment.
//!
//! [`subject`] holds what is asked with (user, clock, context, session roles, limit); [`decide`] takes a
//! decision step by step, [`explain`] tells what it rests on, [`remedy`] what would change it; [`scope`]
//! describes on which records a permission is held; [`valid`] how long answers stay as they are.

pub(crate) mod decide;
pub(crate) mod explain;
pub(crate) mod remedy;
pub(crate) mod sayings;
pub(crate) mod scope;
pub(crate) mod subject;
pub(crate) mod supposed;
pub(crate) mod teams;
pub(crate) mod valid;
pub(crate) mod who;
