import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { load } from "rolegate";
import { Inbox } from "./inbox.js";

const tenant = await load(await readFile("roles.json"));
const script = await readFile("public/client.js");

function pageFor(user) {
  const data = tenant.for(user).toJSON();
  const json = JSON.stringify(data).replaceAll("<", "\\u003c"); // so that nothing in it can end the element
  return `<!doctype html>
<title>Inbox</title>
<div id="inbox">${renderToString(createElement(Inbox, { data }))}</div>
<script type="application/json" id="gate">${json}</script>
<script type="module" src="/client.js"></script>`;
}

createServer(({ url }, response) => {
  if (url === "/client.js") return response.writeHead(200, { "content-type": "text/javascript" }).end(script);
  const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": "default-src 'none'; script-src 'self'" };
  response.writeHead(200, headers).end(pageFor("ana")); // the user comes from the session
}).listen(process.env.PORT ?? 3000);
