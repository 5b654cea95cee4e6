// The matrix of one person: every permission by category, with the answer and how far it reaches.

import { describeReach, describeUser } from "../describe.mjs";
import { el, mark, tableCard } from "../dom.mjs";

const WORDS = { yes: "Yes", no: "No", asks: "Depends" };

export function permissions({ snapshot, linkTo }, person) {
  const categories = describeUser(snapshot, person.id);
  const rows = categories.flatMap((category) => category.rows);
  const card = (category) =>
    tableCard(
      category.title,
      ["Permission", "Answer, and how far"],
      category.rows.map((row) => line(row, linkTo)),
    );
  return {
    title: `What ${person.name} may do`,
    content: [el("p", { class: "lede" }, summary(rows)), el("div", { class: "columns" }, ...categories.map(card))],
  };
}

function summary(rows) {
  const count = (answer) => rows.filter((row) => row.answer === answer).length;
  const asking = count("asks");
  const depends = asking === 0 ? "" : ` ${asking} more ${asking === 1 ? "depends" : "depend"} on what a request says.`;
  return `${count("yes")} of ${rows.length} permissions.${depends} Follow a permission to ask about it.`;
}

function line(row, linkTo) {
  const link = el("a", { href: linkTo({ view: "ask", permission: row.id }), title: row.description ?? row.id }, row.title);
  return el(
    "tr",
    { "data-permission": row.id, "data-answer": row.answer },
    el("th", { scope: "row" }, link),
    el("td", {}, mark(row.answer), el("strong", {}, WORDS[row.answer]), ...reach(row)),
  );
}

/** How far a yes reaches; for a permission without levels it is just yes. */
function reach(row) {
  const words = describeReach({ ...row, conditional: false });
  if (row.answer === "no" || words === "yes") return [];
  if (row.answer === "asks") return [" ", el("span", { class: "soft" }, "on the request")];
  const condition = row.conditional ? [" ", el("span", { class: "tag asks" }, "with a condition")] : [];
  return [" ", el("span", { class: "reach" }, words), ...condition];
}
