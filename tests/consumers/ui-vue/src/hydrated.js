import { rolegate, vCan } from "rolegate/vue";
import { createSSRApp, h, nextTick, withDirectives } from "vue";
import { renderToString } from "vue/server-renderer";
import { rows, sources } from "./screen.js";

const record = rows[0];
const page = () => [
  withDirectives(h("a", { style: { display: "inline-flex" } }, "Reply"), [[vCan, ["c.reply", record]]]),
  withDirectives(h("b", { style: "display: grid" }, "Reply"), [[vCan, ["c.reply", record]]]),
  withDirectives(h("button", { disabled: false }, "Reply"), [[vCan, ["c.reply", record], "", { disable: true }]]),
];

export async function hydrated() {
  const root = document.createElement("div");
  root.innerHTML = await renderToString(createSSRApp({ render: page }).use(rolegate, sources.none));
  const sent = htmlOf(root);
  const made = createSSRApp({ render: page }).use(rolegate, sources.store);
  made.mount(root);
  await nextTick();
  const found = htmlOf(root);
  made.unmount();
  return [sent, found];
}

const htmlOf = ({ children }) => Array.from(children, (child) => child.outerHTML).join("");
