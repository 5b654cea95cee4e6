//! Answers for one user at one moment.
//!
//! [`moment`] holds what is asked with (user, clock, context, session roles, limit), [`standing`] whose the
//! record is that is asked about; [`decide`] takes a decision step by step, and [`requirements`] says what
//! else it asks for; [`explain`] tells what a decision rests on, [`remedy`] what would change it; [`scope`]
//! describes on which records a permission is allowed; [`valid`] how long answers stay as they are.
//!
//! Most of these files add to one type, [`moment::Moment`], and call each other: in here there is no order.

pub(crate) mod decide;
pub(crate) mod explain;
pub(crate) mod moment;
pub(crate) mod reason;
pub(crate) mod remedy;
pub(crate) mod requirements;
pub(crate) mod sayings;
pub(crate) mod scope;
pub(crate) mod standing;
pub(crate) mod supposed;
pub(crate) mod teams;
pub(crate) mod valid;
pub(crate) mod who;
