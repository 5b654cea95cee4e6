import { guard } from "rolegate/vue";
import { createMemoryHistory, createRouter } from "vue-router";
import { sources } from "./screen.js";

const component = { render: () => null };

export const router = createRouter({
  history: createMemoryHistory(),
  routes: [
    { path: "/", component },
    { path: "/replies", component, meta: { permission: "c.reply" } },
    { path: "/closing", component, meta: { permission: "c.close" } },
  ],
});

router.beforeEach(({ meta }) => meta.permission === undefined || guard(sources.store, meta.permission, { redirect: "/" }));
