import { createElement } from "react";
import { hydrateRoot } from "react-dom/client";
import { Inbox } from "./inbox.js";

const data = JSON.parse(document.getElementById("gate").textContent);
hydrateRoot(document.getElementById("inbox"), createElement(Inbox, { data }));
