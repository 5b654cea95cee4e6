//! The teams of several snapshots under one numbering, by their names: a change may add, move and remove some.

use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;

use crate::collections::marks::Marks;
use crate::ids::{Id, TeamId};
use crate::model::{Model, Team};

/// All teams.
#[derive(Debug, Default)]
pub(super) struct Forest {
    numbers: BTreeMap<String, u32>,
    names: Vec<String>,
    /// By number: the team above it, in the snapshot that was added last.
    parents: Vec<Option<u32>>,
}

impl Forest {
    pub(super) fn add(&mut self, model: &Model) {
        for team in &*model.teams {
            let name = model.str(team.id);
            if !self.numbers.contains_key(name) {
                self.numbers.insert(name.into(), u32::try_from(self.names.len()).unwrap_or(u32::MAX));
                self.names.push(name.into());
                self.parents.push(None);
            }
        }
        for team in &*model.teams {
            let parent = team.parent.and_then(|parent| model.teams.get(parent.index()));
            let parent = parent.and_then(|parent| self.number(model.str(parent.id)));
            if let Some(slot) =
                self.number(model.str(team.id)).and_then(|at| self.parents.get_mut(at as usize))
            {
                *slot = parent;
            }
        }
    }

    fn number(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    /// The names of those in a set that lie below no other of it.
    pub(super) fn tops(&self, teams: &Marks) -> Vec<&str> {
        let is_top = |(at, parent): &(u32, &Option<u32>)| {
            teams.has(*at) && !parent.is_some_and(|parent| teams.has(parent))
        };
        let tops = (0..).zip(&self.parents).filter(is_top);
        tops.filter_map(|(at, _)| self.names.get(at as usize)).map(|name| &**name).collect()
    }
}

/// What the teams of one snapshot cover.
#[derive(Debug)]
pub(super) struct Places<'a> {
    teams: &'a [Team],
    count: usize,
    /// The numbers of the teams, in the order of a walk through the forest, and where each is in it.
    walk: Vec<(u32, u32)>,
    known: RefCell<BTreeMap<Vec<TeamId>, Rc<Marks>>>,
}

/// What is kept of what teams cover: so many numbers of teams.
const KEPT: usize = 200_000_000;

impl<'a> Places<'a> {
    pub(super) fn new(model: &'a Model, forest: &Forest) -> Self {
        let number = |team: &Team| Some((team.enter, forest.number(model.str(team.id))?));
        let mut walk: Vec<(u32, u32)> = model.teams.iter().filter_map(number).collect();
        walk.sort_unstable();
        Self { teams: &model.teams, count: forest.names.len(), walk, known: RefCell::default() }
    }

    /// All teams that these cover.
    pub(super) fn covered(&self, teams: &[TeamId]) -> Rc<Marks> {
        if let Some(known) = self.known.borrow().get(teams) {
            return Rc::clone(known);
        }
        let mut marks = Marks::new(self.count);
        for team in teams {
            let Some(Team { enter, leave, .. }) = self.teams.get(team.index()) else { continue };
            let first = self.walk.partition_point(|(at, _)| at < enter);
            for (_, number) in self.walk.iter().skip(first).take_while(|(at, _)| at < leave) {
                marks.add(*number);
            }
        }
        let marks = Rc::new(marks);
        if self.known.borrow().len().saturating_mul(self.count) > KEPT {
            self.known.borrow_mut().clear();
        }
        self.known.borrow_mut().insert(teams.to_vec(), Rc::clone(&marks));
        marks
    }
}
