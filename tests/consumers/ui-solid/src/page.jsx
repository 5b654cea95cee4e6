import { createStore } from "rolegate/store";
import { render } from "solid-js/web";
import { conversations } from "./conversations.js";
import { Inbox } from "./inbox.jsx";

const store = createStore({ url: "/me.json", user: "ana" }); // denies everything until the first answer

render(() => <Inbox roles={store} conversations={conversations} />, document.getElementById("inbox"));
