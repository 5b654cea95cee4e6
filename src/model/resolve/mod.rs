//! Resolving: from a [`Draft`] to a [`Model`]. References become ids; what is not declared, closes a
//! cycle or is not allowed becomes a problem.

mod catalog;
mod roles;
mod users;

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::Model;
use super::draft::{Draft, Named};
use crate::condition::{add, span_from};
use crate::error::{Code, Problems, Say, SnapshotError, Work, nearest_of};
use crate::ids::{Id, Names, id};
use crate::json::reader::string_at;
use crate::json::text::{At, Document};
use crate::list::Listed;
use crate::sort::repeated;

/// Makes the model of a draft, or the error with all problems, also those found before.
pub(crate) fn resolve(
    mut draft: Draft,
    document: Document,
    problems: Problems,
) -> Result<Model, SnapshotError> {
    // The most memory is taken here: what is most in a large tenant gives back what it had in reserve.
    draft.users.shrink_to_fit();
    draft.pools.references.shrink_to_fit();
    draft.pools.assignments.shrink_to_fit();
    let mut resolver = Resolver::new(&draft, document, problems);
    resolver.report_repeats();
    let Draft { catalog, mut pools, users, .. } = draft;
    let mut catalog = resolver.catalog(catalog, draft.plan, &pools);
    let teams = resolver.all_teams(&draft.teams);
    let (roles, role_order) = resolver.all_roles(&draft.roles, &catalog, &pools);
    resolver.check_separations(&draft.separations, &pools);
    resolver.check_everyone(&draft.everyone, &pools);
    let (users, user_teams) = resolver.all_users(users, &pools);
    pools.references = Vec::new();
    let assignments = resolver.all_assignments(pools.assignments);
    if !resolver.problems.is_empty() {
        return Err(resolver.into_error());
    }
    catalog.permission_names = resolver.permissions.names;
    catalog.category_names = resolver.categories.names;
    let mut model = Model {
        document: resolver.document,
        places: draft.places,
        tenant: draft.tenant,
        revision: draft.revision,
        issued_at: draft.issued_at,
        expires_at: draft.expires_at,
        plan: draft.plan.map(|plan| plan.text),
        catalog,
        teams,
        team_names: resolver.teams.names,
        roles,
        role_names: resolver.roles.names,
        role_order,
        users,
        user_names: resolver.users.names,
        everyone: draft.everyone,
        conditions: pools.conditions,
        asks_who: false,
        assignments,
        windows: pools.windows,
        user_teams,
    };
    model.asks_who = model.conditions.leaves().any(|leaf| model.asks_who(leaf));
    Ok(model)
}

/// The ids that a list declares.
struct Declared {
    ids: Vec<Option<Named>>,
    names: Names,
}

impl Declared {
    #[inline(never)]
    fn new(ids: Vec<Option<Named>>, document: &Document) -> Self {
        let name = |at: usize| ids.get(at).copied().flatten().map(|id| document.str(id.text));
        let names = Names::new(ids.len(), &name);
        Self { ids, names }
    }

    fn name<'a>(&self, at: usize, document: &'a Document) -> &'a str {
        self.ids.get(at).copied().flatten().map_or("", |id| document.str(id.text))
    }

    /// The place of the declaration at a position.
    fn place(&self, at: usize) -> usize {
        self.ids.get(at).copied().flatten().map_or(0, |id| id.at)
    }

    fn find<I: Id>(&self, name: &str, document: &Document) -> Option<I> {
        self.names.find(name, &|at| self.name(at, document)).map(id)
    }

    /// The places of the ids that were declared before.
    fn repeats(&self, document: &Document) -> impl Iterator<Item = usize> {
        self.names.repeated(&|at| self.name(at, document)).into_iter().map(|at| self.place(at))
    }
}

/// The work of resolving.
struct Resolver {
    document: Document,
    problems: Problems,
    permissions: Declared,
    categories: Declared,
    teams: Declared,
    roles: Declared,
    users: Declared,
    role_types: Declared,
    plans: Declared,
}

impl Resolver {
    fn new(draft: &Draft, document: Document, problems: Problems) -> Self {
        let catalog = &draft.catalog;
        let declared = |ids: Vec<Option<Named>>| Declared::new(ids, &document);
        let named =
            |names: &Option<Vec<Named>>| declared(names.iter().flatten().map(|it| Some(*it)).listed());
        Self {
            permissions: declared(catalog.permissions.iter().map(|it| it.id).listed()),
            categories: declared(catalog.categories.iter().map(|it| it.id).listed()),
            teams: declared(draft.teams.iter().map(|it| it.id).listed()),
            roles: declared(draft.roles.iter().map(|it| it.id).listed()),
            // `collect` takes no more room than it needs.
            users: declared(draft.users.iter().map(|it| it.id).collect()),
            role_types: named(&catalog.role_types),
            plans: named(&catalog.plans),
            document,
            problems,
        }
    }

    /// The error with all problems, and the declared ids nearest to those that are not declared.
    fn into_error(mut self) -> SnapshotError {
        let problems = core::mem::take(&mut self.problems);
        problems.into_error(self.document.source(), &|code, name, work| self.nearest(code, name, work))
    }

    fn nearest(&self, code: Code, name: &str, work: &mut Work) -> Option<String> {
        let declared = match code {
            Code::UnknownPermission => &self.permissions,
            Code::UnknownCategory => &self.categories,
            Code::UnknownTeam => &self.teams,
            Code::UnknownRole => &self.roles,
            Code::UnknownRoleType => &self.role_types,
            Code::UnknownPlan => &self.plans,
            _ => return None,
        };
        let mut ids = declared.ids.iter().flatten().map(|id| self.document.str(id.text));
        match name.strip_suffix(".*").filter(|_| code == Code::UnknownCategory) {
            Some(name) => nearest_of(name, &mut ids, work).map(|id| id + ".*"),
            None => nearest_of(name, &mut ids, work),
        }
    }

    fn report(&mut self, at: usize, code: Code, say: Say) {
        self.problems.add(at, code, say);
    }

    /// Reports every id that its list declares twice.
    fn report_repeats(&mut self) {
        let lists = [
            &self.permissions,
            &self.categories,
            &self.teams,
            &self.roles,
            &self.users,
            &self.role_types,
            &self.plans,
        ];
        for list in lists {
            for place in list.repeats(&self.document) {
                self.problems.add(place, Code::DuplicateId, Say::Twice);
            }
        }
    }

    /// Looks up the reference at a place.
    fn look_up<I: Id>(&mut self, at: At, code: Code) -> Option<I> {
        self.find_at(at, code).map(id)
    }

    #[inline(never)]
    fn find_at(&mut self, at: At, code: Code) -> Option<usize> {
        let name = string_at(self.document.source(), at);
        let declared = match code {
            Code::UnknownPermission => &self.permissions,
            Code::UnknownTeam => &self.teams,
            Code::UnknownRole => &self.roles,
            Code::UnknownRoleType => &self.role_types,
            _ => &self.plans,
        };
        let found = declared.names.find(&name, &|at| declared.name(at, &self.document));
        if found.is_none() {
            self.problems.add(at.place(), code, Say::Undeclared);
        }
        found
    }

    /// Looks up a list of references, none of which may stand there twice, into a pool.
    fn look_up_all<I: Id>(&mut self, references: &[At], code: Code, pool: &mut Vec<I>) -> Range<u32> {
        let first = pool.len();
        for at in references {
            add(pool, self.look_up(*at, code));
        }
        self.report_names_twice(references);
        span_from(first, pool)
    }

    /// Reports the places of strings that stand there a second time.
    fn report_names_twice(&mut self, references: &[At]) {
        if references.len() > 1 {
            let source = self.document.source();
            let name = |at: usize| references.get(at).map(|at| string_at(source, *at));
            let again = repeated(references.len(), &|a: usize, b: usize| name(a).cmp(&name(b)));
            for at in again.into_iter().filter_map(|at| references.get(at)) {
                self.problems.add(at.place(), Code::DuplicateId, Say::Twice);
            }
        }
    }
}
