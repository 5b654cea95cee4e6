import { bind } from "rolegate/dom";
import { restore } from "rolegate/lite";
import { app, rows, sources } from "./screen.js";

const root = document.getElementById("root");
const screen = document.getElementById("screen");
let late = app.startOf.late;

const resource = (element) =>
  element.id === "late" ? late : rows[element.closest("[data-row]").dataset.row];
const reason = ({ id }, why, pending) =>
  id === "why" ? (why?.reason ?? "not-granted") : id === "late" && pending ? "pending" : "closed";

const rowOf = ({ id }) =>
  `<li data-row="${id}"><button type="button" data-can="c.reply">Reply</button></li>`;

/** What the binding touches: rows count it, the others show it. */
function touched(records) {
  for (const element of new Set(records.map(({ target }) => target))) {
    const row = element.closest("#rows [data-row]");
    if (row !== null) app.renders[row.dataset.row] += 1;
    else if (element.matches("p[data-can]")) element.textContent = wordOf(element);
  }
}

function wordOf(element) {
  const closed = element.getAttribute("aria-describedby");
  return closed === null ? "open" : document.getElementById(closed).textContent;
}

let leave = [];
function show(source) {
  for (const end of leave) end();
  const inner = bind(root.querySelector("section"), sources.none, { reason });
  const bound = bind(root, source, { resource, reason });
  const scope = () => {
    const gate = source.gate ?? (source.can === undefined ? restore(source) : source);
    root.querySelector("#scope").textContent = gate.scope("c.reply").kind;
  };
  scope();
  leave = [inner, bound, source.subscribe?.(scope) ?? (() => {})];
  app.late = (record) => {
    late = record;
    bound.refresh(root.querySelector("#late"));
  };
}

app.source = (name) => show(app.sourceOf(name));
app.named = (permission) => root.querySelector("#named").setAttribute("data-can", permission);
app.mount = () => {
  root.append(screen.content.cloneNode(true));
  root.querySelector("#rows").innerHTML = rows.map(rowOf).join("");
  show(app.sourceOf(app.startOf.source));
};
app.unmount = () => {
  for (const end of leave.splice(0)) end();
  root.replaceChildren();
};
new MutationObserver(touched).observe(root, {
  subtree: true,
  attributeFilter: ["data-can-state", "aria-describedby"],
});
app.mount();
