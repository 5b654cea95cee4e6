//! Resolving the catalog: prerequisites, implications, role types, plans, resource types, masks.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::super::draft::{
    DraftCatalog, DraftCategory, DraftMask, DraftPermission, DraftResource, Named, Pools,
};
use super::super::graph;
use super::super::{Catalog, Category, Mask, Permission, Requirement, ResourceType};
use super::Resolver;
use crate::condition::{span, span_from, within};
use crate::error::{Code, Say};
use crate::ids::{CategoryId, Id, Names, PermissionId, id};
use crate::json::reader::string_at;
use crate::json::text::{At, Text};
use crate::list::Listed;
use crate::sort::repeated;

impl Resolver {
    pub(super) fn catalog(&mut self, draft: DraftCatalog, plan: Option<Named>, pools: &Pools) -> Catalog {
        let DraftCatalog { categories, permissions, role_types, plans, resources, level_titles, masks } =
            draft;
        self.check_plan(plan, plans.is_some());
        let mut catalog = Catalog {
            categories: Vec::new(),
            category_names: Names::default(),
            permissions: Vec::with_capacity(permissions.len()),
            permission_names: Names::default(),
            types: Vec::new(),
            masks: Vec::new(),
            role_types: role_types.map(|types| types.iter().map(|it| it.text).listed()),
            level_titles,
            requires_order: self.requires_order(&permissions, pools),
            requires: Vec::new(),
            implies: Vec::new(),
            permission_role_types: Vec::new(),
            permission_plans: Vec::new(),
            paths: pools.paths.clone(),
        };
        let kinds = self.types(&permissions, &categories, &resources, &mut catalog);
        for (index, (category, draft)) in owners(&categories).zip(&permissions).enumerate() {
            let kind = kinds.get(index).copied().unwrap_or_default();
            let made = self.permission(draft, category, (kind, &kinds), pools, &mut catalog);
            catalog.permissions.push(made);
        }
        catalog.categories = categories.iter().map(category).listed();
        catalog.masks = self.masks(&masks, &catalog);
        catalog
    }

    /// Reports a plan of the tenant that is not declared, where plans are.
    fn check_plan(&mut self, plan: Option<Named>, declared: bool) {
        let Some(plan) = plan.filter(|_| declared) else { return };
        let name = self.document.str(plan.text).to_string();
        if self.plans.find::<PermissionId>(&name, &self.document).is_none() {
            self.report(plan.at, Code::UnknownPlan, Say::Undeclared);
        }
    }

    fn permission(
        &mut self,
        draft: &DraftPermission,
        category: CategoryId,
        (kind, kinds): (usize, &[usize]),
        pools: &Pools,
        catalog: &mut Catalog,
    ) -> Permission {
        let of = |range| within(&pools.references, range);
        let first = catalog.requires.len();
        let mut requires: Vec<PermissionId> = Vec::new();
        self.look_up_all(of(&draft.requires), Code::UnknownPermission, &mut requires);
        for permission in requires {
            let other = kinds.get(permission.index()).copied().unwrap_or_default();
            let same = self.related(kind, other, &catalog.types);
            catalog.requires.push(Requirement { permission, same });
        }
        let requires = span_from(first, &catalog.requires);
        let implies = self.look_up_all(of(&draft.implies), Code::UnknownPermission, &mut catalog.implies);
        let role_types = draft.role_types.as_ref().map(|types| {
            self.look_up_all(of(types), Code::UnknownRoleType, &mut catalog.permission_role_types)
        });
        let plans = draft.plans.as_ref().map(|plans| {
            self.check_plans(of(plans));
            span(&mut catalog.permission_plans, of(plans).iter().copied())
        });
        Permission {
            id: text_of(draft.id),
            category,
            kind,
            levels: draft.scopes,
            plans,
            standard_only: draft.standard_only,
            requires,
            implies,
            role_types,
        }
    }

    /// Reports plans of a permission that are not declared, where plans are, or named twice.
    fn check_plans(&mut self, plans: &[At]) {
        if !self.plans.ids.is_empty() {
            for at in plans {
                self.look_up::<PermissionId>(*at, Code::UnknownPlan);
            }
        }
        self.report_names_twice(plans);
    }

    /// Orders permissions by prerequisites, and reports what closes a cycle.
    fn requires_order(&mut self, permissions: &[DraftPermission], pools: &Pools) -> Vec<PermissionId> {
        let reference = |node: usize, k: usize| {
            let requires = within(&pools.references, &permissions.get(node)?.requires);
            let name = string_at(self.document.source(), *requires.get(k)?);
            let found = self.permissions.find::<PermissionId>(&name, &self.document);
            Some(found.map_or(graph::NO_NODE, PermissionId::index))
        };
        let walk = graph::walk(permissions.len(), &reference);
        for (node, k) in walk.closing {
            let place = permissions.get(node).and_then(|it| within(&pools.references, &it.requires).get(k));
            self.report(
                place.map_or(0, |at| at.place()),
                Code::Cycle,
                Say::That("this prerequisite closes a cycle"),
            );
        }
        walk.order.into_iter().map(id).listed()
    }

    /// The resource type of each permission; types are numbered as they first appear.
    fn types(
        &mut self,
        permissions: &[DraftPermission],
        categories: &[DraftCategory],
        resources: &[DraftResource],
        catalog: &mut Catalog,
    ) -> Vec<usize> {
        let document = &self.document;
        let mapped =
            Names::new(resources.len(), &|at| resources.get(at).map(|it| document.str(it.name.text)));
        let mapped_name = |at: usize| resources.get(at).map_or("", |it| document.str(it.name.text));
        let texts: Vec<Text> = owners(categories)
            .zip(permissions)
            .map(|(category, permission)| {
                let id = text_of(permission.id);
                let name = document.str(id);
                // The longest prefix that has a mapping, else the longest of all.
                let mut default = None;
                for (dot, _) in name.as_bytes().iter().enumerate().rev().filter(|(_, byte)| **byte == b'.') {
                    let prefix = id.take(dot);
                    if mapped.find(document.str(prefix), &mapped_name).is_some() {
                        default = Some(prefix);
                        break;
                    }
                    default = default.or(Some(prefix));
                }
                let category = || categories.get(category.index()).map_or(id, |it| text_of(it.id));
                permission.resource.or(default).unwrap_or_else(category)
            })
            .listed();
        let text_at = |at: usize| texts.get(at).map_or("", |text| document.str(*text));
        let names = Names::new(texts.len(), &|at| Some(text_at(at)));
        let mut kinds: Vec<usize> = Vec::with_capacity(texts.len());
        for (at, text) in texts.iter().enumerate() {
            let first = names.find(text_at(at), &text_at).unwrap_or(at);
            let known = kinds.get(first).copied();
            kinds.push(known.unwrap_or(catalog.types.len()));
            if known.is_none() {
                let mapping = mapped.find(text_at(at), &mapped_name).and_then(|at| resources.get(at));
                let paths = |of: Option<&core::ops::Range<u32>>| of.cloned().unwrap_or_default();
                catalog.types.push(ResourceType {
                    name: *text,
                    owner: paths(mapping.and_then(|it| it.owner.as_ref())),
                    team: paths(mapping.and_then(|it| it.team.as_ref())),
                });
            }
        }
        for resource in resources {
            if names.find(document.str(resource.name.text), &text_at).is_none() {
                self.problems.add(resource.name.at, Code::UnknownResource, Say::That(NO_SUCH_TYPE));
            }
        }
        kinds
    }

    /// Whether two resource types are the same, or one is a dotted prefix of the other.
    fn related(&self, a: usize, b: usize, types: &[ResourceType]) -> bool {
        let name = |at: usize| types.get(at).map_or("", |it| self.document.str(it.name));
        let below =
            |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.starts_with('.'));
        a == b || below(name(a), name(b)) || below(name(b), name(a))
    }

    /// The masks; one that is left out is a problem.
    fn masks(&mut self, masks: &[DraftMask], catalog: &Catalog) -> Vec<Mask> {
        let mut fields = Vec::new();
        let mut made = Vec::with_capacity(masks.len());
        let document = &self.document;
        let names =
            Names::new(catalog.types.len(), &|at| catalog.types.get(at).map(|it| document.str(it.name)));
        for mask in masks {
            let permission: Option<PermissionId> =
                mask.permission.and_then(|at| self.look_up(at, Code::UnknownPermission));
            let Some(resource) = mask.resource else { continue };
            let name = self.document.str(resource.text).to_string();
            let name_at = |at: usize| catalog.types.get(at).map_or("", |it| self.document.str(it.name));
            let kind = names.find(&name, &name_at);
            if kind.is_none() {
                self.report(resource.at, Code::UnknownResource, Say::That(NO_SUCH_TYPE));
            }
            let declared = permission.and_then(|permission| catalog.permissions.get(permission.index()));
            if declared.zip(kind).is_some_and(|(declared, kind)| declared.kind != kind) {
                let at = mask.permission.map_or(mask.at, At::place);
                self.report(at, Code::InvalidValue, Say::That("this permission is of another resource type"));
            }
            let Some(field) = mask.field else { continue };
            fields.push((mask.at, [resource.text, field]));
            if let (Some(kind), Some(permission)) = (kind, permission) {
                made.push(Mask { kind, field, permission, shown: mask.shown });
            }
        }
        self.report_repeated_fields(&fields);
        made
    }

    /// Reports the masks whose type and field an earlier mask has: their place, and these two.
    fn report_repeated_fields(&mut self, fields: &[(usize, [Text; 2])]) {
        let names = |at: usize| fields.get(at).map(|field| field.1.map(|text| self.document.str(text)));
        for again in repeated(fields.len(), &|a: usize, b: usize| names(a).cmp(&names(b))) {
            let at = fields.get(again).map_or(0, |field| field.0);
            self.problems.add(at, Code::DuplicateId, Say::That("an earlier mask has this type and field"));
        }
    }
}

const NO_SUCH_TYPE: &str = "no permission has this resource type";

/// The category of each permission.
fn owners(categories: &[DraftCategory]) -> impl Iterator<Item = CategoryId> {
    categories.iter().enumerate().flat_map(|(at, category)| category.permissions.clone().map(move |_| id(at)))
}

fn category(draft: &DraftCategory) -> Category {
    Category { id: text_of(draft.id), permissions: draft.permissions.clone() }
}

/// The text of an id; of one that was refused, nothing.
pub(super) fn text_of(id: Option<Named>) -> Text {
    id.map_or(Text::EMPTY, |id| id.text)
}
