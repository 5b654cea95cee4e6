//! Names as people tell them apart: without white space around them, in one form and one case.

#[cfg(not(all(target_arch = "wasm32", feature = "admin")))]
use alloc::string::String;

/// A name as it is compared with others: two that look alike are the same.
#[cfg(not(all(target_arch = "wasm32", feature = "admin")))]
pub(super) fn folded(name: &str) -> String {
    #[cfg(all(feature = "std", not(target_arch = "wasm32")))]
    let normal = |text: &str| unicode_normalization::UnicodeNormalization::nfkc(text).collect::<String>();
    #[cfg(not(all(feature = "std", not(target_arch = "wasm32"))))]
    let normal = String::from;
    normal(&normal(name.trim()).to_uppercase().to_lowercase())
}

/// A name as it is compared with others, as the host finds it.
#[cfg(all(target_arch = "wasm32", feature = "admin"))]
pub(super) use crate::host::fold_name as folded;

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::folded;

    #[test]
    fn names_that_look_alike_are_the_same() {
        for (one, other) in [
            (" Agent ", "agent"),
            ("ＡＧＥＮＴ", "agent"),
            ("STRASSE", "straße"),
            ("e\u{301}quipe", "Équipe"),
            ("ﬁnance", "FINANCE"),
            ("\u{a0}a", "A\u{2003}"),
        ] {
            assert_eq!(folded(one), folded(other));
        }
        assert_ne!(folded("agent"), folded("agents"));
    }
}
