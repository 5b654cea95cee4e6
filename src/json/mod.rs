//! Bytes in, typed pieces out: one strict, streaming JSON reader.
//!
//! Nothing here knows the objects of the snapshot format. [`reader`] pulls values from the text and
//! collects problems by byte offset; [`text`] keeps strings as numbers; `pointer` turns offsets into
//! JSON Pointers once, at the end; `value` reads attribute trees; [`number`] and `writer` are the two
//! ends of a number.

pub(crate) mod number;
#[cfg(feature = "engine")]
pub(crate) mod pointer;
pub(crate) mod reader;
pub(crate) mod scan;
pub(crate) mod text;
#[cfg(feature = "engine")]
pub(crate) mod value;
#[cfg(feature = "engine")]
pub(crate) mod writer;
