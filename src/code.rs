//! The stable codes of what can be wrong with a snapshot.

macro_rules! codes {
    ($($variant:ident $name:literal $doc:literal,)*) => {
        /// The stable code of a problem.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $doc] $variant,)*
        }

        impl Code {
            /// All codes; the position of one is its number in JavaScript.
            #[cfg(test)]
            pub(crate) const NAMES: &'static [&'static str] = &[$($name,)*];

            /// The code as other programs know it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

codes! {
    Syntax "syntax" "Not JSON.",
    TooDeep "too-deep" "Nested deeper than 64.",
    TooLarge "too-large" "More bytes than allowed.",
    TooComplex "too-complex" "What would be derived exceeds a limit.",
    DuplicateKey "duplicate-key" "The same key twice in one object.",
    UnknownFormat "unknown-format" "`format` names no format that this version reads.",
    MissingKey "missing-key" "A required key is absent.",
    UnknownKey "unknown-key" "A key that the format does not have.",
    Type "type" "A value of the wrong JSON type, or an empty list.",
    InvalidValue "invalid-value" "A value of the right type that is not allowed.",
    InvalidId "invalid-id" "A string that is not an id.",
    DuplicateId "duplicate-id" "The same id, or the same entry, twice.",
    UnknownPermission "unknown-permission" "A permission that is not declared.",
    UnknownRole "unknown-role" "A role that is not declared.",
    UnknownTeam "unknown-team" "A team that is not declared.",
    UnknownCategory "unknown-category" "A category that is not declared.",
    UnknownRoleType "unknown-role-type" "A role type that is not declared.",
    UnknownPlan "unknown-plan" "A plan that is not declared.",
    UnknownResource "unknown-resource" "A resource type that no permission has.",
    Cycle "cycle" "A reference that closes a cycle.",
    InvalidScope "invalid-scope" "A level that the permission does not have.",
    RoleTypeMismatch "role-type-mismatch" "A grant that the role may not hold.",
    InvalidTime "invalid-time" "Not a time as the format writes it.",
    InvalidWindow "invalid-window" "A window that ends before it begins.",
    InvalidCondition "invalid-condition" "A condition that means nothing.",
}
