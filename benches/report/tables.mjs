// Results as tables of Markdown.

import { ROWS } from "../measure/rows.mjs";
import { quartiles, ratios, short } from "./statistics.mjs";

const NAMES = { node: "Node", chromium: "Chromium", workerd: "workerd", bun: "Bun", deno: "Deno" };
const CONTENDERS = [
  "by hand",
  "rolegate",
  "rolegate/lite",
  "CASL",
  "easy-rbac",
  "accesscontrol",
  "casbin",
  "Cedar",
];

/** The rows that are about other things than single questions. */
export const OTHER_ROWS = [
  { id: "load-bytes", title: "load 100,000 users, bytes in", unit: "ms", to: "JSON.parse" },
  { id: "load-text", title: "load 100,000 users, text in", unit: "ms", to: "JSON.parse" },
  { id: "load-object", title: "load 100,000 users, object in", unit: "ms", to: "JSON.parse" },
  { id: "load-first", title: "the first load of a process, bytes in", unit: "ms", to: "JSON.parse" },
  { id: "memory", title: "held after that load, JS heap, buffers and wasm", unit: "MiB", to: "JSON.parse" },
  { id: "cold-node", title: "cold start in Node", unit: "ms", to: "CASL" },
  { id: "cold-chromium", title: "cold start in Chromium on a slow line", unit: "ms", to: "CASL" },
  { id: "download", title: "download, brotli", unit: "bytes", to: "CASL" },
  { id: "data", title: "one user's data, brotli", unit: "bytes", to: "CASL" },
];

/** The rows about people whom the snapshot does not list. */
const PEOPLE_ROWS = [
  { id: "subjects", title: "for(subject) and one check, 1,000 roles, roles as people hold them" },
  { id: "subjects-again", title: "the same person again" },
];

export function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, n) => (n === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n");
}

const titleOf = (id) => [...ROWS, ...OTHER_ROWS, ...PEOPLE_ROWS].find((row) => row.id === id)?.title ?? id;
export const nameOf = (runtime) => NAMES[runtime];

function cell(values, floor) {
  if (values === undefined) return "";
  const [low, middle, high] = ratios(values, floor);
  return `${short(middle)} <small>${short(low)}–${short(high)}</small>`;
}

/** One runtime: every contender as a multiple of what is written by hand. */
export function runtimeTable(results) {
  const names = CONTENDERS.filter((name) => Object.values(results).some((row) => row[name] !== undefined));
  const rows = Object.entries(results).map(([id, values]) => {
    const floor = values["by hand"];
    const time = `${short(quartiles(floor)[1])} ns`;
    return [titleOf(id), time, ...names.slice(1).map((name) => cell(values[name], floor))];
  });
  return table(["", "by hand", ...names.slice(1).map((name) => `${name}, ×`)], rows);
}

/** The other rows: values, and in brackets multiples of what they are compared with. */
export function otherTable(results) {
  const rows = OTHER_ROWS.filter(({ id }) => results[id] !== undefined).map(({ id, title, unit, to }) => {
    const values = results[id];
    const cells = Object.entries(values).map(([name, list]) => {
      const multiple = name === to ? "" : ` (${short(ratios(list, values[to])[1])})`;
      return `${name} ${short(quartiles(list)[1])}${multiple}`;
    });
    return [title, unit, to, cells.join(", ")];
  });
  return table(["", "unit", "× of", "values, and multiples"], rows);
}

/**
 * People whom the snapshot does not list, as a multiple of users who are listed; then what a number of
 * different ones leave in memory.
 */
export function peopleTable(results, different, grown) {
  const names = Object.keys(results[PEOPLE_ROWS[0].id]).filter((name) => name !== "listed");
  const rows = PEOPLE_ROWS.map(({ id, title }) => {
    const { listed, ...values } = results[id];
    return [title, `${short(quartiles(listed)[1])} µs`, ...names.map((name) => cell(values[name], listed))];
  });
  const times = table(["", "listed", ...names.map((name) => `${name}, ×`)], rows);
  return `${times}\n\n${leakTable({ [`after ${different.toLocaleString("en")} different people`]: grown })}`;
}

export function targetTable(verdicts) {
  const limit = (number) => (number < 1 ? `1/${Math.round(1 / number)}` : number.toLocaleString("en"));
  const rows = verdicts.map(({ runtime, row, of, to, most, ratio, times, verdict }) => {
    const what = to === undefined ? `${of}, bytes` : `${of} ÷ ${to}`;
    return [titleOf(row), nameOf(runtime), what, limit(most), short(ratio), short(times), verdict];
  });
  return table(["row", "on", "", "at most", "measured", "of it, ×", ""], rows);
}

/** @param {object[]} growth one entry for each number of users */
export function growthTable(growth) {
  const columns = [
    ["users", ({ users }) => users.toLocaleString("en")],
    ["MB of JSON", ({ bytes }) => short(bytes / 1e6)],
    ["load ÷ JSON.parse: bytes", ({ ways }) => short(ways.bytes.load / ways.parse.load)],
    ["text", ({ ways }) => short(ways.text.load / ways.parse.load)],
    ["object", ({ ways }) => short(ways.object.load / ways.parse.load)],
    ["held, MiB", ({ ways }) => short(sumHeld(ways.bytes.held))],
    ["JSON.parse holds", ({ ways }) => short(sumHeld(ways.parse.held))],
    ["peak, bytes in, MiB", ({ ways }) => short(ways.bytes.peak)],
    ["peak, JSON.parse", ({ ways }) => short(ways.parse.peak)],
    ["for, µs", ({ ways }) => short(ways.bytes.for)],
    ["can, ns", ({ ways }) => short(ways.bytes.can * 1000)],
    ["narrow, µs", ({ ways }) => short(ways.bytes.narrow)],
    ["whoCan, µs", ({ ways }) => short(ways.bytes.whoCan)],
  ];
  return table(
    columns.map(([title]) => title),
    growth.map((entry) => columns.map(([, read]) => read(entry))),
  );
}

export function sumHeld({ heap, buffers, wasm }) {
  return heap + buffers + wasm;
}

export function leakTable(leaks) {
  const rows = Object.entries(leaks).map(([what, { heap, buffers, wasm, rss }]) => [
    what,
    ...[heap, buffers, wasm, rss].map((mib) => mib.toFixed(2)),
  ]);
  return table(["", "JS heap, MiB", "buffers", "wasm", "resident set"], rows);
}
