//! `can` and its reason, section 7.

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

/// Section 7: `can` with its reason.
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

/// Section 7, steps 1 and 2.
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
    /// Section 7, step 3: known, in the plan, within the limit. A required permission passes the same test.
    pub fn askable(&self, permission: &str) -> Step {
        if snapshot::permission(self.snapshot, permission).is_none() {
            return Err("unknown-permission");
        }
        if !in_plan(self.snapshot, permission) {
            return Err("not-in-plan");
        }
        self.within_limit(permission)
    }

    /// Section 7, step 3, `limit`: permission ids, `<category>.*`, `*`.
    fn within_limit(&self, permission: &str) -> Step {
        let Some(limit) = self.question.limit else {
            return Ok(());
        };
        let keys = keys_for(self.snapshot, permission);
        match keys.iter().position(|key| limit.contains(key)) {
            Some(0) => hit("7.3 limit: explicit"),
            Some(1) => hit("7.3 limit: category"),
            Some(_) => hit("7.3 limit: star"),
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

    /// Section 7, steps 4 to 7, on a record.
    pub fn on_record(&self, permission: &str, facts: &Facts<'_>) -> Step {
        self.not_denied(permission, facts)?;
        self.granted_on(permission, facts)?;
        for required in self.requires(permission) {
            self.required_on(permission, required, facts).map_err(|_| "prerequisite")?;
        }
        Ok(())
    }

    /// Section 7, step 4. A denial applies unless its team does not cover the record or a condition is false.
    fn not_denied(&self, permission: &str, facts: &Facts<'_>) -> Step {
        let world = self.world(facts.record);
        for (assignment, when) in self.denials(permission) {
            if !self.denial_reaches(&assignment, facts) {
                hit("7.4 denial on another team");
                continue;
            }
            match Truth::all([evaluate(assignment.when, &world), evaluate(when, &world)]) {
                Truth::False => hit("7.4 denial whose condition is false"),
                Truth::Unknown => {
                    hit("7.4 denied by an unknown condition");
                    return Err("denied");
                }
                Truth::True => {
                    hit("7.4 denied");
                    return Err("denied");
                }
            }
        }
        Ok(())
    }

    /// Section 7, step 4: the assignment's team covers the record, or the record has no team.
    fn denial_reaches(&self, assignment: &Assignment<'_>, facts: &Facts<'_>) -> bool {
        let Some(team) = assignment.team else {
            return true;
        };
        if facts.teams.is_empty() {
            hit("7.4 team-limited denial reaches a record without team");
            return true;
        }
        covers_any(self.snapshot, team, &facts.teams)
    }

    /// Section 7, step 4: what active assignments deny. Session roles do not matter here.
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

    /// Section 7, step 5: the assignments that count and whose role grants the permission.
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

    /// Section 7, step 5, gate option `roles`.
    fn in_session(&self, assignment: &Assignment<'_>) -> bool {
        let counts = self.question.roles.is_none_or(|roles| roles.iter().any(|role| role == assignment.role));
        if !counts {
            hit("7.5 role outside the session");
        }
        counts
    }

    /// Section 7, step 5: the holdings whose window is open, or why there are none.
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

    /// Section 7, step 5, on a record.
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

    /// Section 7, step 5: of the grants that reach, one must hold with the condition of its assignment.
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

    /// Sections 6 and 7: the team of an assignment limits it to what that team covers.
    fn assignment_covers(&self, assignment: &Assignment<'_>, facts: &Facts<'_>) -> bool {
        let Some(team) = assignment.team else {
            return true;
        };
        let covered = covers_any(self.snapshot, team, &facts.teams);
        hit(if covered { "7.5 inside the assignment's team" } else { "7.5 outside the assignment's team" });
        covered
    }

    /// Section 7, step 5: whether a level reaches the record.
    fn reaches(&self, level: Level, assignment: &Assignment<'_>, facts: &Facts<'_>) -> bool {
        let owned = facts.owners.iter().any(|owner| owner == self.question.user);
        match level {
            Level::All => {
                hit("7.5 level all");
                true
            }
            Level::Own => {
                hit(if owned { "7.5 level own: owned" } else { "7.5 level own: not owned" });
                owned
            }
            Level::Team => {
                let of_team = self
                    .teams_within(assignment)
                    .iter()
                    .any(|team| facts.teams.iter().any(|id| covers(self.snapshot, team, id)));
                hit(match (owned, of_team) {
                    (true, false) => "7.5 level team: owned only",
                    (_, true) => "7.5 level team: covered",
                    (false, false) => "7.5 level team: neither",
                });
                owned || of_team
            }
        }
    }

    /// Section 6: the user's teams, and within an assignment its team.
    pub fn teams_within(&self, assignment: &Assignment<'a>) -> Vec<&'a str> {
        strings(self.user, "teams").into_iter().chain(assignment.team).collect()
    }

    /// Section 3: what a permission requires.
    pub fn requires(&self, permission: &str) -> Vec<&'a str> {
        snapshot::permission(self.snapshot, permission)
            .map(|entry| strings(entry, "requires"))
            .unwrap_or_default()
    }

    /// Section 7, step 6: on the same record if the types are related, else without one.
    fn required_on(&self, permission: &str, required: &str, facts: &Facts<'_>) -> Step {
        self.askable(required)?;
        if self.on_same_record(permission, required) {
            self.on_record(required, facts)
        } else {
            self.without_record(required)
        }
    }

    /// Section 7, step 6: the types are equal or one is a proper dotted prefix of the other.
    pub fn on_same_record(&self, permission: &str, required: &str) -> bool {
        let (one, other) = (resource_type(self.snapshot, permission), resource_type(self.snapshot, required));
        let related = one == other || is_proper_prefix(&one, &other) || is_proper_prefix(&other, &one);
        hit(if one == other {
            "7.6 required permission of the same type"
        } else if related {
            "7.6 required permission of a related type"
        } else {
            "7.6 required permission of another type"
        });
        related
    }

    /// Section 7, "Without a resource".
    pub fn without_record(&self, permission: &str) -> Step {
        if is_scoped(self.snapshot, permission) {
            scope::on_anything(self, permission)
        } else {
            self.for_the_tenant(permission)
        }
    }

    /// Section 7, "Without a resource": a tenant-level permission for the tenant as a whole.
    fn for_the_tenant(&self, permission: &str) -> Step {
        self.no_denial_at_all(permission)?;
        let active = self.active_holdings(permission)?;
        let for_all: Vec<_> =
            active.into_iter().filter(|(assignment, _)| assignment.team.is_none()).collect();
        self.one_holds(&for_all, None)?;
        for required in self.requires(permission) {
            hit("7 required by a tenant-level permission without a record");
            let step = self.askable(required).and_then(|()| self.without_record(required));
            step.map_err(|_| "prerequisite")?;
        }
        Ok(())
    }

    /// Section 7, "Without a resource": any active denial counts, limited to a team or not.
    fn no_denial_at_all(&self, permission: &str) -> Step {
        let world = self.world(None);
        let applies = |(assignment, when): &(Assignment<'_>, Option<&Value>)| {
            Truth::all([evaluate(assignment.when, &world), evaluate(*when, &world)]) != Truth::False
        };
        if self.denials(permission).iter().any(applies) {
            hit("7 denied for the tenant as a whole");
            return Err("denied");
        }
        Ok(())
    }
}
