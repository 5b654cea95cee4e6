//! Why an answer is what it is.

/// Why an answer is what it is, in order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Yes.
    Granted,
    /// The clock cannot be right.
    Clock,
    /// The snapshot has expired.
    Expired,
    /// The snapshot has no such user.
    UnknownUser,
    /// The user is disabled.
    UserDisabled,
    /// The catalog has no such permission.
    UnknownPermission,
    /// The tenant's plan does not have the permission.
    NotInPlan,
    /// The gate's limit does not include the permission.
    Limited,
    /// A role denies it.
    Denied,
    /// No role grants it.
    NotGranted,
    /// Roles grant it, but at other times.
    NotActive,
    /// Roles grant it, but not on this.
    OutOfScope,
    /// Roles grant it under conditions that do not hold.
    ConditionFailed,
    /// A permission that it requires is not allowed.
    Prerequisite,
}

impl Reason {
    /// The reason as other programs know it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Clock => "clock",
            Self::Expired => "expired",
            Self::UnknownUser => "unknown-user",
            Self::UserDisabled => "user-disabled",
            Self::UnknownPermission => "unknown-permission",
            Self::NotInPlan => "not-in-plan",
            Self::Limited => "limited",
            Self::Denied => "denied",
            Self::NotGranted => "not-granted",
            Self::NotActive => "not-active",
            Self::OutOfScope => "out-of-scope",
            Self::ConditionFailed => "condition-failed",
            Self::Prerequisite => "prerequisite",
        }
    }

    /// How near to a "yes" a grant came that does not grant for this reason: the further it got through the
    /// step of grants, the nearer. No other reason comes of a grant. Twin of `NEARNESS` in
    /// pkg-template/src/gate/why.ts; tests/vectors/own-nearest.json holds them equal.
    pub(crate) fn nearness(self) -> u8 {
        match self {
            Self::ConditionFailed => 3,
            Self::OutOfScope => 2,
            Self::NotActive => 1,
            Self::Granted
            | Self::Clock
            | Self::Expired
            | Self::UnknownUser
            | Self::UserDisabled
            | Self::UnknownPermission
            | Self::NotInPlan
            | Self::Limited
            | Self::Denied
            | Self::NotGranted
            | Self::Prerequisite => 0,
        }
    }
}
