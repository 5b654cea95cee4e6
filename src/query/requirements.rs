//! What a permission requires, and how it asks for it.

use alloc::rc::Rc;
use alloc::vec;
use alloc::vec::Vec;

use super::decide::Asked;
use super::moment::Moment;
use crate::collections::list::push_all;
use crate::collections::marks::Marks;
use crate::compile::Requirements;
use crate::ids::PermissionId;
use crate::model::Requirement;

impl Moment<'_> {
    /// How a permission asks for one that it requires, when it is asked itself.
    pub(crate) fn asked_for<'a>(
        &self,
        asking: PermissionId,
        required: Requirement,
        asked: Asked<'a>,
    ) -> Asked<'a> {
        match asked {
            _ if !required.same => Asked::WithoutRecord,
            Asked::WithoutRecord if self.is_scoped(asking) => Asked::Anywhere,
            Asked::WithoutRecord | Asked::Anywhere | Asked::On(..) => asked,
        }
    }

    /// What a permission requires when it is asked without a record: of a tenant-level one, everything
    /// is asked without a record as well.
    pub(crate) fn requirements_without_record(
        &self,
        permission: PermissionId,
        scoped: bool,
    ) -> Rc<Requirements> {
        if scoped {
            return self.requirements(permission);
        }
        let mut found = Requirements { same: vec![permission], without_record: Vec::new() };
        for required in self.model().requires(permission) {
            found.without_record.push(required.permission);
        }
        Rc::new(found)
    }

    /// What a permission requires when it is asked on a record.
    pub(crate) fn requirements(&self, permission: PermissionId) -> Rc<Requirements> {
        let requirements = self.compiled.requirements(permission);
        self.spend(self.compiled.take_steps());
        requirements
    }

    /// All that a permission requires, direct and transitive, and the permission itself.
    pub(crate) fn closure(&self, permission: PermissionId) -> Vec<PermissionId> {
        let mut seen = Marks::new(self.model().catalog.permissions.len());
        seen.add(permission);
        let mut found = vec![permission];
        let mut next = 0;
        while let Some(&asking) = found.get(next) {
            next += 1;
            let requires = self.model().requires(asking).iter().map(|required| required.permission);
            push_all(&mut found, requires.filter(|required| seen.add(*required)));
        }
        found
    }
}
