//! All that could be done at once, where no short list was found: for each permission that must be allowed a
//! role that could grant it. Where there is none for one of them, nothing in the snapshot helps.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;
use core::slice::from_ref;

use super::search::{Goal, Quest, Search, joined};
use super::steps::global;
use super::{Change, Step};
use crate::collections::list::push_all;
use crate::condition::holds::{Facts, Supposition};
use crate::condition::residual::Residual;
use crate::condition::{Node, Operand, Path};
use crate::ids::ConditionId;
use crate::model::Level;
use crate::query::decide::Asked;
use crate::query::moment::Moment;
use crate::query::reason::Reason;

impl Search<'_> {
    /// Whether something in the snapshot could make the answer "yes", and a list that does, if one was found.
    pub(super) fn outright(&self, quest: Quest<'_>) -> (bool, Option<Vec<Step>>) {
        let mut is_possible = false;
        for plan in self.some_plan() {
            let mut list = self.foundations(plan);
            if !self.grant_all(&mut list) {
                continue;
            }
            is_possible = true;
            if !self.is_enough(quest, &list) {
                self.lift_all(&mut list);
            }
            if self.is_enough(quest, &list) {
                return (true, Some(list));
            }
            for wait in self.waits(quest, &list) {
                let list = joined(&list, from_ref(&wait));
                if self.is_enough(quest, &list) {
                    return (true, Some(list));
                }
            }
        }
        (is_possible, None)
    }

    /// The plan as it is, then each other.
    fn some_plan(&self) -> impl Iterator<Item = Option<usize>> {
        let others: Range<usize> = 0..self.plans.len();
        [None].into_iter().chain(others.map(Some)).take_while(|_| !self.work.is_over())
    }

    /// What has to come before any grant.
    fn foundations(&self, plan: Option<usize>) -> Vec<Step> {
        let mut list = Vec::new();
        push_all(&mut list, plan.map(|plan| global(Change::Plan(vec![plan]))));
        let first_moment = self.first_moment(&list);
        push_all(&mut list, first_moment);
        let is_disabled = |moment: &Moment<'_>| moment.refused() == Some(Reason::UserDisabled);
        if self.suppose(&list, is_disabled) {
            list.push(global(Change::Enable));
        }
        list
    }

    /// Adds what grants the goals that are not allowed; false if something could not be granted.
    fn grant_all(&self, list: &mut Vec<Step>) -> bool {
        let added = self.suppose(list, |moment| {
            let mut added: Vec<Step> = Vec::new();
            if moment.refused().is_some() {
                return None;
            }
            for of in 0..self.goals.len() {
                let quest = self.quest(of).filter(|_| !self.work.is_over())?;
                let Goal { permission, asked } = quest.goal;
                if moment.ask_alone(permission, asked).reason != Reason::Granted {
                    push_all(
                        &mut added,
                        self.witness(moment, quest.goal)?.into_iter().map(|it| quest.step(it)),
                    );
                }
            }
            Some(added)
        });
        match added {
            Some(added) => push_all(list, added),
            None => return false,
        }
        true
    }

    /// The changes by which a role could grant a goal, but for what denies it.
    fn witness(&self, moment: &Moment<'_>, goal: Goal<'_>) -> Option<Vec<Change>> {
        let Goal { permission, asked } = goal;
        if moment.declared(permission).is_none_or(|it| moment.refused_permission(permission, it).is_some()) {
            return None;
        }
        let of = moment.asked_record(permission, asked).knowledge();
        let moves = self.may_move.get();
        let facts = self.unresolved_facts(moment, of, moves);
        for role in moment.granting_roles(permission) {
            for grant in moment.compiled.grants(role, permission) {
                self.work.spend(1);
                let may_reach =
                    if moves { grant.level == Level::All } else { moment.might_reach(grant.level, asked) };
                if !may_reach || !grant.when.is_none_or(|when| self.may_ever_be(&facts, when, true)) {
                    continue;
                }
                let mut changes = vec![Change::Grant(moment.widest(role, permission)?, vec![role])];
                let truth = |when| Change::Assume(vec![Supposition { when, truth: true, of, moves }]);
                push_all(&mut changes, grant.when.map(truth));
                push_all(&mut changes, team_to_join(moment, grant.level, asked));
                return Some(changes);
            }
        }
        None
    }

    /// Lifts what denies a goal.
    fn lift_all(&self, list: &mut Vec<Step>) {
        let roles = self.suppose(list, |moment| self.denying_roles(moment));
        push_all(list, roles.into_iter().map(|role| global(Change::Lift(role))));
    }

    /// Whether a condition might be true, or false, at some time, with other attributes, and in other teams.
    /// Each comparison is looked at by itself.
    fn may_ever_be(&self, facts: &Facts<'_>, when: ConditionId, truth: bool) -> bool {
        let conditions = facts.conditions;
        let child = |child: &ConditionId| self.may_ever_be(facts, *child, truth);
        match conditions.node(when) {
            None => false,
            Some(Node::Not(inner)) => self.may_ever_be(facts, *inner, !truth),
            Some(Node::And(range)) if truth => conditions.children(*range).iter().all(child),
            Some(Node::Or(range)) if !truth => conditions.children(*range).iter().all(child),
            Some(Node::And(range) | Node::Or(range)) => conditions.children(*range).iter().any(child),
            Some(Node::During(_)) => true,
            Some(Node::Leaf(leaf)) => {
                let is_teams = |path: Path| self.is_teams(path);
                is_teams(leaf.left)
                    || matches!(leaf.right, Operand::Path(path) if is_teams(path))
                    || facts.fold(when, !truth) != Residual::False
            }
        }
    }
}

/// The team by which a level reaches a record that it does not reach yet.
fn team_to_join(moment: &Moment<'_>, level: Level, asked: Asked<'_>) -> Option<Change> {
    let Asked::On(owners, _) = asked else { return None };
    let standing = moment.standing(owners);
    let is_mine = moment.teams().any(|team| moment.covers(team, standing));
    let team = standing.teams.first().filter(|_| level == Level::Team && !standing.owned && !is_mine);
    team.map(|team| Change::Team(*team))
}
