import { guard } from "rolegate/vue";

/** For pages that name a permission: `definePageMeta({ middleware: "can", permission: "conversations.view" })`. */
export default defineNuxtRouteMiddleware(({ meta }) =>
  guard(useNuxtApp().$roles.value, meta.permission, { redirect: () => navigateTo("/") }),
);
