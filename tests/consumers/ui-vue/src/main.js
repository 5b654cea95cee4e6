import { rolegate } from "rolegate/vue";
import { createApp, shallowRef } from "vue";
import { hydrated } from "./hydrated.js";
import { router } from "./router.js";
import Screen from "./Screen.vue";
import { app } from "./screen.js";

const source = shallowRef();
app.source = (name) => {
  source.value = app.sourceOf(name);
};
app.go = async (path) => {
  await router.push(path);
  return router.currentRoute.value.path;
};
app.hydrated = hydrated;

let shown;
app.mount = () => {
  app.source(app.startOf.source);
  shown = createApp(Screen).use(rolegate, source).use(router);
  shown.mount("#root");
};
app.unmount = () => shown.unmount();
app.mount();
