// The chart: for each row a bar for each contender, on a logarithmic scale of multiples of what is written by
// hand.

import { ROWS } from "../measure/rows.mjs";
import { ratios, short } from "./statistics.mjs";

const SHOWN = ["can", "can-record", "can-condition", "filter", "permissions", "for"];
const WIDTH = 860;
const LEFT = 270;
const BAR = 14;
const GAP = 22;
const TOP = 72;
const DECADES = 5;
const SCALE = (WIDTH - LEFT - 70) / DECADES;

const STYLE = `
  svg { --text: #1f2328; --faint: #8b949e; --line: #d0d7de; --ours: #0969da; --other: #afb8c1; --page: #ffffff }
  @media (prefers-color-scheme: dark) { svg { --text: #e6edf3; --faint: #8b949e; --line: #30363d; --ours: #58a6ff; --other: #57606a; --page: #0d1117 } }
  text { font: 12px system-ui, sans-serif; fill: var(--text) } .faint { fill: var(--faint) } .title { font-weight: 600 }
  line { stroke: var(--line) } .ours { fill: var(--ours) } .other { fill: var(--other) } .page { fill: var(--page) }`;

/** @param results those of one runtime */
export function chart(results, machine) {
  const parts = [];
  let y = TOP;
  for (const id of SHOWN) {
    const values = results[id];
    parts.push(text(10, y + BAR - 3, ROWS.find((row) => row.id === id).title, "title"));
    y += BAR + 4;
    for (const [name, list] of Object.entries(values).filter(([name]) => name !== "by hand")) {
      parts.push(...bar(y, name, ratios(list, values["by hand"])[1]));
      y += BAR + 3;
    }
    y += GAP - BAR;
  }
  const label = "Time of each contender as a multiple of code by hand, logarithmic; shorter is better";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-label="${label}">
<style>${STYLE}
</style>
<rect width="${WIDTH}" height="${y}" class="page"/>
${[text(10, 20, label), text(10, 38, machine, "faint"), ...grid(y), ...parts].join("\n")}
</svg>
`;
}

function text(x, y, content, className = "") {
  return `<text x="${x}" y="${y}" class="${className}">${content.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</text>`;
}

function bar(y, name, ratio) {
  const width = Math.max(2, Math.log10(Math.max(ratio, 1)) * SCALE);
  const className = name.startsWith("rolegate") ? "ours" : "other";
  const rectangle = `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2" class="${className}"/>`;
  return [
    text(LEFT - 100, y + BAR - 3, name),
    rectangle,
    text(LEFT + width + 6, y + BAR - 3, `${short(ratio)}×`, "faint"),
  ];
}

function* grid(bottom) {
  for (let decade = 0; decade <= DECADES; decade += 1) {
    const x = LEFT + decade * SCALE;
    yield text(x + 3, TOP - 12, `${(10 ** decade).toLocaleString("en")}×`, "faint");
    yield `<line x1="${x}" x2="${x}" y1="${TOP - 22}" y2="${bottom - 8}"/>`;
  }
}
