//! `can` and its reason (docs/format.md#answers).

use serde_json::Value;

use super::attributes::{Facts, facts};
use super::conditions::{Truth, World, evaluate};
use super::coverage::hit;
use super::grants::{Grant, Level, denied, granted};
use super::snapshot::{
    self, Assignment, assignments, flag, in_plan, is_proper_prefix, is_scoped, keys_for, resource_type,
    strings,
};
use super::teams::{covers, covers_any};
use super::{Answer, Question, Record, Step, scope, time};

/// `can` with its reason (docs/format.md#answers).
pub fn decide(snapshot: &Value, question: &Question<'_>) -> Answer {
    let step = admitted(snapshot, question).and_then(|asker| {
        asker.askable(question.permission)?;
        match question.record {
            Record::Without => asker.without_record(question.permission),
            record => asker.on_record(question.permission, &facts(snapshot, question.permission, record)),
        }
    });
    let reason = step.err().unwrap_or("granted");
    Answer { can: step.is_ok(), reason }
}

/// An assignment and what its role grants of one permission.
type Holding<'a> = (Assignment<'a>, Vec<Grant<'a>>);

/// A known, enabled user who asks at a believable time.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// Where to look.
    pub snapshot: &'a Value,
    /// What is asked.
    pub question: &'a Question<'a>,
    /// The entry of the user.
    pub user: &'a Value,
}

/// The clock and the user: reasons `clock`, `expired`, `unknown-user`, `user-disabled`
/// (docs/format.md#answers).
pub fn admitted<'a>(snapshot: &'a Value, question: &'a Question<'a>) -> Result<Asker<'a>, &'static str> {
    time::clock(snapshot, question.now)?;
    time::not_expired(snapshot, question.now)?;
    let user = snapshot::user(snapshot, question.user).ok_or("unknown-user")?;
    if flag(user, "disabled") {
        return Err("user-disabled");
    }
    Ok(Asker { snapshot, question, user })
}

impl<'a> Asker<'a> {
    /// Known, in the plan, within the limit (docs/format.md#answers). A required permission passes the same
    /// test.
    pub fn askable(&self, permission: &str) -> Step {
        if snapshot::permission(self.snapshot, permission).is_none() {
            return Err("unknown-permission");
        }
        if !in_plan(self.snapshot, permission) {
            return Err("not-in-plan");
        }
        self.within_limit(permission)
    }

    /// `limit`: permission ids, `<category>.*`, `*` (docs/format.md#answers).
    fn within_limit(&self, permission: &str) -> Step {
        let Some(limit) = self.question.limit else {
            return Ok(());
        };
        let keys = keys_for(self.snapshot, permission);
        match keys.iter().position(|key| limit.contains(key)) {
            Some(0) => hit("limit: explicit"),
            Some(1) => hit("limit: category"),
            Some(_) => hit("limit: star"),
            None => return Err("limited"),
        }
        Ok(())
    }

    /// What conditions see.
    pub fn world<'b>(&'b self, record: Option<&'b Value>) -> World<'b> {
        World {
            user: self.user,
            context: self.question.context,
            now: self.question.now,
            record,
            element: None,
        }
    }

    /// On a record: denials, then grants, then what is required (docs/format.md#answers).
    pub fn on_record(&self, permission: &str, facts: &Facts<'_>) -> Step {
        self.not_denied(permission, facts)?;
        self.granted_on(permission, facts)?;
        for required in self.requires(permission) {
            self.required_on(permission, required, facts).map_err(|_| "prerequisite")?;
        }
        Ok(())
    }

    /// A denial applies unless its team does not cover the record or a condition is false
    /// (docs/format.md#denials).
    fn not_denied(&self, permission: &str, facts: &Facts<'_>) -> Step {
        let world = self.world(facts.record);
        for (assignment, when) in self.denials(permission) {
            if !self.denial_reaches(&assignment, facts) {
                hit("denial on another team");
                continue;
            }
            match Truth::all([evaluate(assignment.when, &world), evaluate(when, &world)]) {
                Truth::False => hit("denial whose condition is false"),
                Truth::Unknown => {
                    hit("denial: denied by an unknown condition");
                    return Err("denied");
                }
                Truth::True => {
                    hit("denial: denied");
                    return Err("denied");
                }
            }
        }
        Ok(())
    }

    /// The assignment's team covers the record, or the record has no team (docs/format.md#denials).
    fn denial_reaches(&self, assignment: &Assignment<'_>, facts: &Facts<'_>) -> bool {
        let Some(team) = assignment.team else {
            return true;
        };
        if facts.teams.is_empty() {
            hit("team-limited denial reaches a record without team");
            return true;
        }
        covers_any(self.snapshot, team, &facts.teams)
    }

    /// What active assignments deny (docs/format.md#denials). Session roles do not matter here.
    pub fn denials(&self, permission: &str) -> Vec<(Assignment<'a>, Option<&'a Value>)> {
        assignments(self.snapshot, self.user)
            .into_iter()
            .filter(|assignment| time::is_active(assignment, self.question.now))
            .flat_map(|assignment| {
                let role = snapshot::role(self.snapshot, assignment.role).unwrap_or(&Value::Null);
                denied(self.snapshot, role, permission).into_iter().map(move |when| (assignment, when))
            })
            .collect()
    }

    /// The assignments that count and whose role grants the permission: reason `not-granted`
    /// (docs/format.md#answers).
    pub fn holdings(&self, permission: &str) -> Vec<Holding<'a>> {
        assignments(self.snapshot, self.user)
            .into_iter()
            .filter(|assignment| self.in_session(assignment))
            .filter_map(|assignment| {
                let role = snapshot::role(self.snapshot, assignment.role)?;
                Some((assignment, granted(self.snapshot, role, permission)))
            })
            .filter(|(_, grants)| !grants.is_empty())
            .collect()
    }

    /// The gate option `roles` (docs/format.md#answers).
    fn in_session(&self, assignment: &Assignment<'_>) -> bool {
        let counts = self.question.roles.is_none_or(|roles| roles.iter().any(|role| role == assignment.role));
        if !counts {
            hit("role outside the session");
        }
        counts
    }

    /// The holdings whose window is open, or why there are none: reason `not-active`
    /// (docs/format.md#answers).
    pub fn active_holdings(&self, permission: &str) -> Result<Vec<Holding<'a>>, &'static str> {
        let holdings = self.holdings(permission);
        if holdings.is_empty() {
            return Err("not-granted");
        }
        let active: Vec<_> = holdings
            .into_iter()
            .filter(|(assignment, _)| time::is_active(assignment, self.question.now))
            .collect();
        if active.is_empty() { Err("not-active") } else { Ok(active) }
    }

    /// Whether a grant reaches the record and holds: reasons `out-of-scope`, `condition-failed`
    /// (docs/format.md#answers).
    fn granted_on(&self, permission: &str, facts: &Facts<'_>) -> Step {
        let active = self.active_holdings(permission)?;
        let reaching: Vec<_> = active
            .into_iter()
            .filter(|(assignment, _)| self.assignment_covers(assignment, facts))
            .map(|(assignment, grants)| {
                let reaches = |grant: &Grant<'_>| self.reaches(grant.level, &assignment, facts);
                (assignment, grants.into_iter().filter(reaches).collect())
            })
            .collect();
        self.one_holds(&reaching, facts.record)
    }

    /// Of the grants that reach, one must hold with the condition of its assignment (docs/format.md#answers).
    fn one_holds(&self, reaching: &[Holding<'_>], record: Option<&Value>) -> Step {
        if reaching.iter().all(|(_, grants)| grants.is_empty()) {
            return Err("out-of-scope");
        }
        let world = self.world(record);
        let holds = reaching.iter().any(|(assignment, grants)| {
            let assigned = evaluate(assignment.when, &world);
            grants.iter().any(|grant| Truth::all([assigned, evaluate(grant.when, &world)]) == Truth::True)
        });
        if holds { Ok(()) } else { Err("condition-failed") }
    }

    /// The team of an assignment limits it to what that team covers (docs/format.md#users).
    fn assignment_covers(&self, assignment: &Assignment<'_>, facts: &Facts<'_>) -> bool {
        let Some(team) = assignment.team else {
            return true;
        };
        let covered = covers_any(self.snapshot, team, &facts.teams);
        hit(if covered { "inside the assignment's team" } else { "outside the assignment's team" });
        covered
    }

    /// Whether a level reaches the record (docs/format.md#levels).
    fn reaches(&self, level: Level, assignment: &Assignment<'_>, facts: &Facts<'_>) -> bool {
        let owned = facts.owners.iter().any(|owner| owner == self.question.user);
        match level {
            Level::All => {
                hit("level all");
                true
            }
            Level::Own => {
                hit(if owned { "level own: owned" } else { "level own: not owned" });
                owned
            }
            Level::Team => {
                let of_team = self
                    .teams_within(assignment)
                    .iter()
                    .any(|team| facts.teams.iter().any(|id| covers(self.snapshot, team, id)));
                hit(match (owned, of_team) {
                    (true, false) => "level team: owned only",
                    (_, true) => "level team: covered",
                    (false, false) => "level team: neither",
                });
                owned || of_team
            }
        }
    }

    /// The user's teams, and within an assignment its team (docs/format.md#users).
    pub fn teams_within(&self, assignment: &Assignment<'a>) -> Vec<&'a str> {
        strings(self.user, "teams").into_iter().chain(assignment.team).collect()
    }

    /// What a permission requires (docs/format.md#prerequisites-and-implications).
    pub fn requires(&self, permission: &str) -> Vec<&'a str> {
        snapshot::permission(self.snapshot, permission)
            .map(|entry| strings(entry, "requires"))
            .unwrap_or_default()
    }

    /// On the same record if the types are related, else without one
    /// (docs/format.md#prerequisites-and-implications).
    fn required_on(&self, permission: &str, required: &str, facts: &Facts<'_>) -> Step {
        self.askable(required)?;
        if self.on_same_record(permission, required) {
            self.on_record(required, facts)
        } else {
            self.without_record(required)
        }
    }

    /// The types are equal or one is a proper dotted prefix of the other
    /// (docs/format.md#prerequisites-and-implications).
    pub fn on_same_record(&self, permission: &str, required: &str) -> bool {
        let (one, other) = (resource_type(self.snapshot, permission), resource_type(self.snapshot, required));
        let related = one == other || is_proper_prefix(&one, &other) || is_proper_prefix(&other, &one);
        hit(if one == other {
            "prerequisite of the same type"
        } else if related {
            "prerequisite of a related type"
        } else {
            "prerequisite of another type"
        });
        related
    }

    /// Without a record (docs/format.md#without-a-record).
    pub fn without_record(&self, permission: &str) -> Step {
        if is_scoped(self.snapshot, permission) {
            scope::on_anything(self, permission)
        } else {
            self.for_the_tenant(permission)
        }
    }

    /// A tenant-level permission, for the tenant as a whole (docs/format.md#without-a-record).
    fn for_the_tenant(&self, permission: &str) -> Step {
        self.no_denial_at_all(permission)?;
        let active = self.active_holdings(permission)?;
        let for_all: Vec<_> =
            active.into_iter().filter(|(assignment, _)| assignment.team.is_none()).collect();
        self.one_holds(&for_all, None)?;
        for required in self.requires(permission) {
            hit("required by a tenant-level permission without a record");
            let step = self.askable(required).and_then(|()| self.without_record(required));
            step.map_err(|_| "prerequisite")?;
        }
        Ok(())
    }

    /// Any active denial counts, limited to a team or not (docs/format.md#without-a-record).
    fn no_denial_at_all(&self, permission: &str) -> Step {
        let world = self.world(None);
        let applies = |(assignment, when): &(Assignment<'_>, Option<&Value>)| {
            Truth::all([evaluate(assignment.when, &world), evaluate(*when, &world)]) != Truth::False
        };
        if self.denials(permission).iter().any(applies) {
            hit("denied for the tenant as a whole");
            return Err("denied");
        }
        Ok(())
    }
}
