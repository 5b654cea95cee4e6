// Asks gates where only so many calls fit on the stack, and then again where there is room. Run by
// growth.test.mjs with a small stack.

import { restore } from "../../../pkg/lite/index.js";

const rules = Array.from({ length: 30 }, (_, i) => ({
  scoped: true,
  any: [{ where: { $and: [{ "context.a.b": 1 }, { "resource.x": 1 }] } }],
  ...(i > 0 && { [i % 2 ? "same" : "other"]: [i - 1] }),
}));
const data = {
  format: "rolegate-gate/1",
  user: "ana",
  revision: 1,
  at: 0,
  ids: rules.map((_, i) => `c.v${i}`),
  rules: rules.map((_, i) => i),
  table: rules,
  types: ["c"],
  masks: [[0, "x", 29, "null"]],
};
const last = "c.v29";

class Context {
  get a() {
    return { b: 1 };
  }
}

const asks = {
  can: (gate) => gate.can(last),
  "can on a record": (gate) => gate.can(last, { x: 1 }),
  scope: (gate) => gate.scope(last).kind,
  matches: (gate) => gate.scope(last).matches({ x: 1 }),
  permissions: (gate) => gate.permissions().length,
  validUntil: (gate) => String(gate.validUntil),
  mask: (gate) => gate.mask("c", { x: 1 }).x,
};
const make = () => restore(data, { context: new Context() });
const right = Object.fromEntries(Object.entries(asks).map(([name, ask]) => [name, ask(make())]));
const wrong = {};
let [asked, thrown] = [0, 0];

/** Runs with so many calls of this function left. */
function nearTheEnd(room, run) {
  const descend = () => {
    let left = 0;
    try {
      left = descend() + 1;
    } catch {}
    if (left === room) run();
    return left;
  };
  descend();
}

for (const [name, ask] of [...Object.entries(asks), ["with", undefined], ["restore", undefined]]) {
  for (let room = 0; room < 400; room += 1) {
    let gate = name === "restore" ? undefined : make();
    nearTheEnd(room, () => {
      asked += 1;
      try {
        if (name === "restore") gate = make();
        else if (name === "with") gate = gate.with({ context: new Context() });
        else ask(gate);
      } catch {
        thrown += 1;
      }
    });
    if (gate === undefined) continue;
    for (const [then, again] of Object.entries(asks)) {
      const got = again(gate);
      if (got !== right[then])
        wrong[`${name}, then ${then}: ${got}`] = (wrong[`${name}, then ${then}: ${got}`] ?? 0) + 1;
    }
  }
}
console.log(JSON.stringify({ asked, thrown, wrong }));
