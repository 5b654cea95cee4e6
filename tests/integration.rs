//! The one native test binary: the evidence that the engine keeps to the format.

mod vectors;
