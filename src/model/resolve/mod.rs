//! Resolving: from a [`Draft`] to a [`Model`]. References become ids; what is not declared, closes a
//! cycle or is not allowed becomes a problem.

mod catalog;
mod roles;
mod users;

use alloc::string::String;
use alloc::vec::Vec;

use super::Model;
use super::draft::{Draft, Named, Pools};
use crate::error::{Code, Problems, Say, SnapshotError, Work, nearest_of};
use crate::ids::{Id, Names, id};
use crate::json::reader::string_at;
use crate::json::text::{At, Document};
use crate::sort::sort_by;

/// Makes the model of a draft, or the error with all problems, also those found before.
pub(crate) fn resolve(draft: Draft, document: Document, problems: Problems) -> Result<Model, SnapshotError> {
    let catalog = &draft.catalog;
    let named = |names: &Option<Vec<Named>>| names.iter().flatten().map(|it| Some(*it)).collect();
    let mut resolver = Resolver {
        permissions: Declared::new(catalog.permissions.iter().map(|it| it.id).collect(), &document),
        categories: Declared::new(catalog.categories.iter().map(|it| it.id).collect(), &document),
        teams: Declared::new(draft.teams.iter().map(|it| it.id).collect(), &document),
        roles: Declared::new(draft.roles.iter().map(|it| it.id).collect(), &document),
        users: Declared::new(draft.users.iter().map(|it| it.id).collect(), &document),
        role_types: Declared::new(named(&catalog.role_types), &document),
        plans: Declared::new(named(&catalog.plans), &document),
        document,
        problems,
    };
    resolver.report_repeats();
    let model = resolver.model(draft);
    let Resolver { problems, permissions, categories, teams, roles, role_types, plans, users, document } =
        resolver;
    if !problems.is_empty() {
        let nearest = |code, name: &str, work: &mut Work| -> Option<String> {
            let declared = match code {
                Code::UnknownPermission => &permissions,
                Code::UnknownCategory => &categories,
                Code::UnknownTeam => &teams,
                Code::UnknownRole => &roles,
                Code::UnknownRoleType => &role_types,
                Code::UnknownPlan => &plans,
                _ => return None,
            };
            let mut ids = declared.ids.iter().flatten().map(|id| document.str(id.text));
            match name.strip_suffix(".*").filter(|_| code == Code::UnknownCategory) {
                Some(name) => nearest_of(name, &mut ids, work).map(|id| id + ".*"),
                None => nearest_of(name, &mut ids, work),
            }
        };
        return Err(problems.into_error(document.source(), &nearest));
    }
    Ok(Model {
        document,
        team_names: teams.names,
        role_names: roles.names,
        user_names: users.names,
        catalog: super::Catalog {
            permission_names: permissions.names,
            category_names: categories.names,
            ..model.catalog
        },
        ..model
    })
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

    fn model(&mut self, draft: Draft) -> Model {
        let Draft { catalog, teams, roles, users, everyone, separations, pools, .. } = draft;
        let catalog = self.catalog(catalog, draft.plan, &pools);
        let teams = self.all_teams(&teams);
        let (roles, role_order) = self.all_roles(roles, &catalog, &pools);
        let (users, user_teams) = self.all_users(&users, &pools);
        self.check_separations(&separations, &pools);
        self.check_everyone(&everyone, &pools);
        let Pools { conditions, windows, assignments, .. } = pools;
        Model {
            document: Document::new(String::new(), String::new()),
            places: draft.places,
            tenant: draft.tenant,
            revision: draft.revision,
            issued_at: draft.issued_at,
            expires_at: draft.expires_at,
            plan: draft.plan.map(|plan| plan.text),
            catalog,
            teams,
            team_names: Names::default(),
            roles,
            role_names: Names::default(),
            role_order,
            users,
            user_names: Names::default(),
            everyone,
            conditions,
            assignments: self.all_assignments(assignments),
            windows,
            user_teams,
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
            self.problems.add(at.0 as usize, code, Say::Undeclared);
        }
        found
    }

    /// Looks up a list of references, none of which may stand there twice.
    fn look_up_all<I: Id>(&mut self, references: &[At], code: Code) -> Vec<I> {
        self.find_all(references, code).into_iter().map(id).collect()
    }

    #[inline(never)]
    fn find_all(&mut self, references: &[At], code: Code) -> Vec<usize> {
        let mut found: Vec<(usize, usize)> = Vec::with_capacity(references.len());
        for at in references {
            found.extend(self.find_at(*at, code).map(|position| (position, at.0 as usize)));
        }
        if found.len() == references.len() {
            self.report_twice(&found);
        } else {
            self.report_names_twice(references);
        }
        found.into_iter().map(|(position, _)| position).collect()
    }

    /// Reports the places of strings that stand there a second time.
    fn report_names_twice(&mut self, references: &[At]) {
        let source = self.document.source();
        let mut names: Vec<_> = references.iter().map(|at| (string_at(source, *at), at.0 as usize)).collect();
        sort_by(&mut names, Ord::cmp);
        for pair in names.windows(2) {
            if let [a, b] = pair
                && a.0 == b.0
            {
                self.problems.add(b.1, Code::DuplicateId, Say::Twice);
            }
        }
    }

    /// Reports the places of things that stand there a second time.
    #[inline(never)]
    fn report_twice(&mut self, found: &[(usize, usize)]) {
        if found.len() < 2 {
            return;
        }
        let mut sorted: Vec<_> = found.iter().collect();
        sort_by(&mut sorted, Ord::cmp);
        for pair in sorted.windows(2) {
            if let [a, b] = pair
                && a.0 == b.0
            {
                self.report(b.1, Code::DuplicateId, Say::Twice);
            }
        }
    }
}
