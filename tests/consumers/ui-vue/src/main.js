import { rolegate } from "rolegate/vue";
import { createApp, createSSRApp, shallowRef } from "vue";
import { renderToString } from "vue/server-renderer";
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
const show = (create) => create(Screen).use(rolegate, source).use(router);
app.mount = () => {
  app.source(app.startOf.source);
  shown = show(createApp);
  shown.mount("#root");
};
app.unmount = () => shown.unmount();

/** As if a server had rendered the page. */
async function hydrate() {
  app.source(app.startOf.source);
  document.getElementById("root").innerHTML = await renderToString(show(createSSRApp));
  shown = show(createSSRApp);
  shown.mount("#root");
}

app.startOf.source === "ended" ? hydrate() : app.mount();
