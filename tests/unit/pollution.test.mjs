// Whatever is put on `Object.prototype` under a name that the package uses changes no answer.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { init, loadSync, Scope } from "../../pkg/entries/node.js";
import { restore } from "../../pkg/lite.js";

const folder = new URL("../../pkg/", import.meta.url);
const NOW = 1_795_000_000_000;

const document = {
  format: "rolegate/1", revision: 1,
  catalog: {
    categories: [{ id: "c", permissions: [{ id: "c.v", scopes: ["own", "team", "all"] }, { id: "c.e", scopes: ["own", "team", "all"], requires: ["c.v"] }, { id: "c.n", scopes: ["own", "all"] }, { id: "c.d", scopes: ["all"] }, { id: "s" }] }],
    resources: { c: { owner: "by", team: "in" } },
    masks: [{ resource: "c", field: "x.y", permission: "c.n" }],
  },
  teams: [{ id: "t1" }, { id: "t2", parent: "t1" }],
  roles: [{
    id: "r", name: "R", deny: [{ key: "c.d", when: { "resource.lock": { $exists: true } } }],
    grants: { "c.v": { when: { "resource.region": { $ref: "context.region" } } }, "c.e": "team", "c.d": true, "c.n": { when: { $or: [{ "resource.m": { $elem: { "element.id": { $ref: "user.id" } } } }, { "user.level": { $gt: 5 } }, { "resource.at": { $since: "now-1h" } }] } } },
  }],
  users: [{ id: "ana", teams: ["t2"], roles: [{ role: "r", until: "2030-01-01T00:00:00Z" }], attributes: { level: 1 } }, { id: "bo" }],
};
const questions = [["c.v"], ["c.v", { region: "eu" }], ["c.e", { by: "zed", in: "t9" }], ["c.e", { by: "ana" }], ["c.n", { m: [{ id: "ana" }] }], ["c.n", { m: [{ id: "zed" }] }], ["c.n", {}], ["c.d", { lock: 1 }], ["c.d", {}], ["s"], ["c.e", null], ["c.e", []]];

/** Every answer of gates of every kind. */
function answers() {
  const snapshot = loadSync(JSON.stringify(document));
  const ana = snapshot.for("ana", { now: NOW });
  const data = ana.toJSON();
  const gates = [ana, snapshot.for("bo", { now: NOW }), snapshot.for("ana", { now: NOW, limit: ["c.v"] }), snapshot.for("ana", { now: NOW, roles: [] }), snapshot.for("ana", { now: NOW, until: 5 }), ana.with({ records: "required" }).with({}), ana.with({ context: { region: "eu" } }), snapshot.for("ana", { now: 2e12 }), restore(data, { now: NOW })];
  const told = gates.flatMap((gate) => questions.flatMap((question) => [gate.can(...question), question.length > 1 ? gate.scope(question[0]).matches(question[1]) : gate.scope(question[0]).kind]));
  told.push(Scope.from(ana.scope("c.e").toJSON(), { now: NOW }).matches({ in: "t9" }), ana.mask("c", { x: { y: 1 } }).x.y, ana.explain("c.v", { region: "eu" }).reason);
  snapshot.free();
  return told;
}

test("no name on Object.prototype changes an answer", async () => {
  await init();
  const wanted = answers();
  const scripts = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /(?<!\.wasm)\.js$/.test(name) && !name.startsWith("script"));
  const names = new Set(scripts.flatMap((name) => readFileSync(new URL(name, folder), "utf8").match(/(?<=[.{,]\s*)[A-Za-z_$][\w$]{2,}/g) ?? []));
  // The language itself reads `return` of every iterator that is left early.
  names.delete("return");
  for (const name of names) {
    if (Object.hasOwn(Object.prototype, name)) continue;
    let told;
    Object.defineProperty(Object.prototype, name, { __proto__: null, value: "eu", configurable: true, enumerable: true, writable: true });
    try {
      told = answers();
    } catch (error) {
      told = `${error.stack} ${error.cause?.stack}`;
    } finally {
      delete Object.prototype[name];
    }
    assert.deepEqual(told, wanted, name);
  }
  assert.ok(names.size > 300);
});
