// The project's own vectors (tests/vectors/own-README.md), and what data cannot say: objects with behaviour,
// odd clocks, large counts. Each part has a file.

import { asking } from "./own-asking.mjs";
import { attributes } from "./own-attributes.mjs";
import { clock, oddClocks } from "./own-clock.mjs";
import { invalid } from "./own-invalid.mjs";
import { large } from "./own-large.mjs";
import { numbers } from "./own-numbers.mjs";
import { objects } from "./own-objects.mjs";
import { breathe } from "./own-parts.mjs";
import { scopes } from "./own-scope.mjs";
import { chains } from "./own-with.mjs";

export async function own(report, lib, env) {
  const parts = { invalid, clock, scope: scopes, attributes, with: chains };
  for (const [file, ask] of Object.entries(parts)) {
    for (const group of await env.readJson(`vectors/own-${file}.json`)) await ask(report, lib, group);
    await breathe();
  }
  for (const part of [oddClocks, objects, asking, numbers, large]) await part(report, lib);
}
