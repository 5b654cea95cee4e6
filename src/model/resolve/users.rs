//! Resolving teams, users, assignments and separations.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use super::super::draft::{DraftAssignment, DraftSeparation, DraftTeam, DraftUser, Pools};
use super::super::graph;
use super::super::{Assignment, Team, User};
use super::Resolver;
use super::catalog::text_of;
use crate::condition::within;
use crate::error::{Code, Say};
use crate::ids::{Id, RoleId, TeamId, id};
use crate::json::text::At;
use crate::list::Listed;

impl Resolver {
    pub(super) fn all_teams(&mut self, drafts: &[DraftTeam]) -> Vec<Team> {
        let mut teams: Vec<Team> = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let parent = draft.parent.and_then(|at| self.look_up(at, Code::UnknownTeam));
            let id = text_of(draft.id);
            teams.push(Team { id, parent, enter: 0, leave: 0 });
        }
        let parent =
            |node: usize, k: usize| if k == 0 { teams.get(node)?.parent.map(TeamId::index) } else { None };
        let closing = graph::walk(teams.len(), &parent).closing;
        for (node, _) in &closing {
            let at = drafts.get(*node).and_then(|draft| draft.parent).map_or(0, At::place);
            self.report(at, Code::Cycle, Say::That("this parent closes a cycle"));
        }
        if closing.is_empty() {
            number(&mut teams);
        }
        teams
    }

    pub(super) fn all_users(&mut self, drafts: Vec<DraftUser>, pools: &Pools) -> (Vec<User>, Vec<TeamId>) {
        let mut teams = Vec::new();
        let user = |draft: DraftUser| {
            let own = within(&pools.references, &draft.teams);
            let own = self.look_up_all(own, Code::UnknownTeam, &mut teams);
            self.check_bare(&draft.assignments, pools);
            User {
                at: draft.at,
                id: text_of(draft.id),
                teams: own,
                assignments: draft.assignments,
                attributes: draft.attributes,
                disabled: draft.disabled,
            }
        };
        (in_place(drafts, user), teams)
    }

    pub(super) fn check_everyone(&mut self, everyone: &Range<u32>, pools: &Pools) {
        self.check_bare(everyone, pools);
    }

    /// Reports the role ids that stand in a list of assignments a second time, alone.
    fn check_bare(&mut self, assignments: &Range<u32>, pools: &Pools) {
        let assignments = within(&pools.assignments, assignments);
        let bare = || assignments.iter().filter(|it| it.bare).filter_map(|it| it.role);
        if bare().nth(1).is_some() {
            self.report_names_twice(&bare().listed());
        }
    }

    /// The assignments; where one has an unknown role or team, the problem is reported and the
    /// result is not used.
    pub(super) fn all_assignments(&mut self, drafts: Vec<DraftAssignment>) -> Vec<Assignment> {
        in_place(drafts, |draft| {
            let role = draft.role.and_then(|at| self.look_up(at, Code::UnknownRole));
            let team = draft.team.and_then(|at| self.look_up(at, Code::UnknownTeam));
            let role = role.unwrap_or(RoleId::of(u32::MAX));
            Assignment { role, team, window: draft.window, when: draft.when }
        })
    }

    pub(super) fn check_separations(&mut self, drafts: &[DraftSeparation], pools: &Pools) {
        let declared = super::Declared::new(drafts.iter().map(|it| it.id).listed(), &self.document);
        for place in declared.repeats(&self.document) {
            self.problems.add(place, Code::DuplicateId, Say::Twice);
        }
        for draft in drafts {
            let code = if draft.of_roles { Code::UnknownRole } else { Code::UnknownPermission };
            self.look_up_all::<u32>(within(&pools.references, &draft.members), code, &mut Vec::new());
        }
    }
}

/// Makes a list of another, in its memory: `collect` sees to that where an item is no larger than before.
fn in_place<D, T>(drafts: Vec<D>, make: impl FnMut(D) -> T) -> Vec<T> {
    let mut list: Vec<T> = drafts.into_iter().map(make).collect();
    list.shrink_to_fit();
    list
}

/// Numbers a forest of teams by a walk from each root, so that a team covers an interval.
fn number(teams: &mut [Team]) {
    let mut children: Vec<Vec<u32>> = vec![Vec::new(); teams.len()];
    let mut stack: Vec<(usize, usize)> = Vec::new();
    let mut roots = Vec::new();
    for (at, team) in teams.iter().enumerate() {
        match team.parent.and_then(|parent| children.get_mut(parent.index())) {
            Some(siblings) => siblings.push(id::<u32>(at)),
            None => roots.push(at),
        }
    }
    let mut clock = 0;
    for root in roots {
        stack.push((root, 0));
        while let Some((node, next)) = stack.pop() {
            let Some(team) = teams.get_mut(node) else {
                continue;
            };
            if next == 0 {
                team.enter = clock;
                clock += 1;
            }
            team.leave = clock;
            if let Some(child) = children.get(node).and_then(|children| children.get(next)) {
                stack.push((node, next + 1));
                stack.push((*child as usize, 0));
            }
        }
    }
}
