import { hydrate } from "solid-js/web";
import { conversations } from "./conversations.js";
import { Inbox } from "./inbox.jsx";

const data = JSON.parse(document.getElementById("gate").textContent);
hydrate(() => <Inbox roles={data} conversations={conversations} />, document.getElementById("inbox"));
