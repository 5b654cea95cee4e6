import { generateHydrationScript, renderToString } from "solid-js/web";
import { conversations } from "./conversations.js";
import { Inbox } from "./inbox.jsx";

/** @param data `gate.toJSON()` */
export function page(data) {
  const json = JSON.stringify(data).replaceAll("<", "\\u003c"); // so that nothing in it can end the element
  return `<!doctype html>
<title>Inbox</title>
${generateHydrationScript()}
<div id="inbox">${renderToString(() => <Inbox roles={data} conversations={conversations} />)}</div>
<script type="application/json" id="gate">${json}</script>
<script type="module" src="/client.js"></script>`;
}
