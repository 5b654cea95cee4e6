// The matrix of the tenant: for each permission who holds it, the farthest reach first.

import { describeUser } from "../describe.mjs";
import { el, tableCard } from "../dom.mjs";

export function people({ name, snapshot, people: everybody }, person) {
  const answers = new Map(everybody.map(({ id }) => [id, rowsById(describeUser(snapshot, id))]));
  const { own, team, all } = snapshot.levelTitles();
  const groupsOf = (permission) => {
    const rows = everybody.map((holder) => ({ holder, row: answers.get(holder.id).get(permission) }));
    const held = [all, team, own].flatMap((reach) => rows.filter(({ row }) => row.answer === "yes" && row.reach === reach));
    const others = rows.filter(({ row }) => row.answer !== "no" && !held.some(({ row: other }) => other === row));
    return byReach([...held, ...others]);
  };
  const card = ({ id, title = id, permissions }) =>
    tableCard(
      title,
      ["Permission", "Held by"],
      permissions.map((permission) => line(permission, groupsOf(permission.id), person)),
    );
  return {
    title: `Who may do what at ${name}`,
    content: [
      el("p", { class: "lede" }, `Each permission with everyone who has it, the widest level first. ${person.name} is marked.`),
      el("div", { class: "columns" }, ...snapshot.categories().map(card)),
    ],
  };
}

function rowsById(categories) {
  return new Map(categories.flatMap((category) => category.rows.map((row) => [row.id, row])));
}

function byReach(held) {
  const groups = new Map();
  for (const { holder, row } of held) {
    const word = reachWord(row);
    groups.set(word, [...(groups.get(word) ?? []), holder]);
  }
  return [...groups];
}

function reachWord({ answer, reach, conditional }) {
  if (answer === "asks") return "Depends on the request";
  return conditional ? `${reach}, with a condition` : reach;
}

function line(permission, holders, person) {
  const cell =
    holders.length === 0
      ? el("span", { class: "soft" }, "nobody")
      : el("ul", { class: "holders" }, ...holders.map((group) => holding(group, person)));
  return el("tr", { "data-permission": permission.id }, el("th", { scope: "row" }, permission.title ?? permission.id), el("td", {}, cell));
}

function holding([word, holders], person) {
  const label = word === "yes" ? [] : [el("span", { class: "tag" }, word), " "];
  const names = holders.flatMap(({ id, name }, index) => [index === 0 ? "" : ", ", id === person.id ? el("mark", {}, name) : name]);
  return el("li", {}, ...label, ...names);
}
