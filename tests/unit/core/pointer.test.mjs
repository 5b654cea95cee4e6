// Where a problem is: JavaScript tells it of the one that is found first, from the number of a byte; Rust of
// all of them. They say the same.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { pointerTo } from "../../../pkg/core/pointer.js";
import { core } from "../../../pkg/engine/core-engine.js";
import { CODES } from "../../../pkg/engine/layout.js";
import { init, loadSync } from "../../../pkg/entries/node.js";

const vectors = (name) =>
  JSON.parse(readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), "utf8"));

const placeOf = ({ code, path, line, column }) =>
  code === "syntax" ? `line ${line}, column ${column}` : path;

/** Where the whole engine finds problems. */
function placesInRust(bytes) {
  try {
    loadSync(bytes).free();
    return [];
  } catch ({ issues }) {
    return issues.map(placeOf);
  }
}

/** Where the module that only loads finds one; `undefined` if it takes the document. */
function placeHere(bytes) {
  const [handle, code, offset] = core.call((engine) => [
    engine.load(bytes),
    engine.problem(),
    engine.offset(),
  ]);
  if (handle > 0) return core.call((engine) => engine.free(handle));
  const issue = { code: CODES[code], ...pointerTo(bytes, offset) };
  return { code: issue.code, place: placeOf(issue) };
}

/** Problems of a whole document have no place in it. */
const OF_THE_WHOLE = ["too-deep", "too-large", "too-complex"];
/** The whole engine tells these alone, and not what it found before. */
const ALONE = ["syntax", "unknown-format"];

/** A document over many lines, if it is JSON. */
function spread(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, "\t ");
  } catch {
    return `\r\n${text}`;
  }
}

test("a problem has one place", async () => {
  await init();
  const encoder = new TextEncoder();
  let count = 0;
  for (const { name, text, hex, issues } of [...vectors("own-invalid"), ...vectors("invalid")]) {
    const [[, code] = []] = issues;
    if (hex !== undefined || OF_THE_WHOLE.includes(code)) continue;
    for (const written of [text, `\n \t${text}`, spread(text)]) {
      const bytes = encoder.encode(written);
      const [here, known] = [placeHere(bytes), placesInRust(bytes)];
      if (ALONE.includes(code) && here.code !== code) continue;
      assert.ok(
        here === undefined ? known.length === 0 : known.includes(here.place),
        `${name}: ${here?.place} is not among ${known.join(", ")} of ${written.slice(0, 500)}`,
      );
      count += 1;
    }
  }
  assert.ok(count > 500, String(count));
});
