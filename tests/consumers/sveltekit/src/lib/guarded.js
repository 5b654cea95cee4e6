import { redirect } from "@sveltejs/kit";
import { guard } from "rolegate/svelte";

/** A `load` of pages that need a permission. */
export function guarded(permission) {
  return async ({ parent }) => {
    const { gateData } = await parent();
    guard(gateData, permission, { redirect: () => redirect(307, "/") });
  };
}
