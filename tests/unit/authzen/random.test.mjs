// Random worlds: whatever is asked, a search finds exactly what evaluations of the same request allow, and a gate
// asked by hand says the same.

import assert from "node:assert/strict";
import { test } from "node:test";
import { served } from "./asking.mjs";

const WORLDS = 40;
const QUESTIONS = 12;

function randomOf(seed) {
  let state = seed;
  const below = (end) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * end);
  };
  const one = (list) => list[below(list.length)];
  const some = (list) => list.filter(() => below(2) === 0);
  return { below, one, some, maybe: (value) => (below(2) === 0 ? value : undefined) };
}

const TYPES = ["doc", "doc.part", "team.doc", "x"];
const ACTIONS = ["read", "edit", "part.read", "a.b"];
const USERS = ["ana", "bo", "cy", "1", "__proto__"];
const LEVELS = ["own", "team", "all"];
const without = (object) => JSON.parse(JSON.stringify(object));

function condition({ one, below }) {
  const values = [true, "open", 3, { $ref: "user.id" }, { $exists: false }, { $ne: "open" }];
  const paths = [
    "resource.state",
    "resource.owner",
    "context.state",
    "context.subject.state",
    "context.action.state",
  ];
  const single = () => ({ [one([...paths, "user.state", "resource.id", "resource.type"])]: one(values) });
  return one(
    [single(), { $not: single() }, { $or: [single(), single()] }, { ...single(), ...single() }].slice(
      below(2),
    ),
  );
}

function worldOf(random) {
  const { some, one, maybe, below } = random;
  const ids = new Set(TYPES.flatMap((type) => some(ACTIONS).map((action) => `${type}.${action}`)));
  ids.add("doc.read");
  const permissions = [...ids].map((id) => ({
    id,
    resource: maybe(one(TYPES)),
    scopes: one([LEVELS, LEVELS, ["all"], undefined]),
  }));
  const types = new Set(permissions.map(({ resource }) => resource));
  const mapped = TYPES.filter((type) => types.has(type) && below(3) === 0);
  const grant = ({ scopes }) => one(scopes ? [true, one(scopes), { when: condition(random) }] : [true]);
  const role = (id) => ({
    id,
    name: id,
    grants: Object.fromEntries(some(permissions).map((it) => [it.id, grant(it)])),
    deny: maybe(
      some(permissions)
        .slice(0, 2)
        .map(({ id }) => one([id, { key: id, when: condition(random) }])),
    ),
  });
  const roles = ["r1", "r2", "r3"].map(role);
  return without({
    format: "rolegate/1",
    revision: 1,
    catalog: {
      categories: [{ id: "c", permissions }],
      resources: Object.fromEntries(mapped.map((type) => [type, { owner: one(["owner", "state", "id"]) }])),
    },
    teams: [{ id: "t1" }, { id: "t2", parent: "t1" }],
    roles,
    users: USERS.slice(below(2)).map((id) => ({
      id,
      teams: some(["t1", "t2"]),
      roles: some(["r1", "r2", "r3"]),
      attributes: { state: one(["open", true, 3]) },
      disabled: below(8) === 0,
    })),
  });
}

const propertiesOf = ({ one, maybe }) =>
  without({ state: maybe(one(["open", true, 3, null, "ana"])), owner: maybe(one(USERS)), team: maybe("t2") });

function requestOf(random) {
  const { one, maybe } = random;
  return without({
    subject: {
      type: one(["user", "user", "user", "robot"]),
      id: one(USERS),
      properties: maybe(propertiesOf(random)),
    },
    action: { name: one([...ACTIONS, "b"]), properties: maybe(propertiesOf(random)) },
    resource: { type: one(TYPES), id: one(["1", "2", "3", "ana"]), properties: maybe(propertiesOf(random)) },
    context: maybe(one([{ state: "open" }, { subject: { state: "open" }, state: 3 }])),
  });
}

test("searches find exactly what evaluations allow", async () => {
  let [allowed, denied] = [0, 0];
  for (let seed = 1; seed <= WORLDS; seed += 1) {
    const random = randomOf(seed);
    const records = ["1", "2", "3"].map((id) => ({ id, ...propertiesOf(random) }));
    const find = (_, id) => (id === undefined ? records : records.find((it) => it.id === id));
    const document = worldOf(random);
    const heard = [];
    const onDecision = ({ permission }) => heard.push(permission);
    const resources = seed % 3 === 0 ? undefined : find;
    const { ask, snapshot } = await served(document, { resources, onDecision });
    // The same people through `subject`: then each is asked for by a gate, and not all at once by the engine.
    const subject = (_, id) => id ?? snapshot.users();
    const { ask: askEach } = await served(() => snapshot, { resources, subject });
    const isAllowed = async (request) => {
      const { body } = await ask("evaluation", request);
      return body.decision;
    };
    for (let turn = 0; turn < QUESTIONS; turn += 1) {
      const request = requestOf(random);
      const where = `seed ${seed}, ${JSON.stringify(request)}`;
      // Of an id that nobody knows a search finds nothing; an evaluation is about a record of which nothing is known.
      const isKnown = request.resource.properties || !resources || find("", request.resource.id);
      const found = async (search, asking = ask) => {
        const { body } = await asking(`search/${search}`, request);
        return body.results.map(({ id, name }) => id ?? name);
      };
      const expected = async (key, candidates) => {
        const yes = [];
        for (const candidate of candidates)
          if (await isAllowed({ ...request, [key]: { ...request[key], ...candidate } })) yes.push(candidate);
        allowed += yes.length;
        denied += candidates.length - yes.length;
        return yes.map(({ id, name }) => id ?? name).sort();
      };
      const people = isKnown
        ? await expected(
            "subject",
            USERS.map((id) => ({ id })),
          )
        : [];
      assert.deepEqual(await found("subject"), people, where);
      assert.deepEqual(await found("subject", askEach), people, where);
      if (resources)
        assert.deepEqual(
          await found("resource"),
          await expected(
            "resource",
            records.map(({ id }) => ({ id })),
          ),
          where,
        );
      const { action, ...rest } = request;
      const { body } = await ask("search/action", rest);
      // Each by a name of its own; and every permission whose id begins with the type is one that can be found.
      const foundIds = [];
      for (const { name } of body.results) {
        assert.ok(await isAllowed({ ...rest, action: { name } }), `${where}: ${name}`);
        foundIds.push(heard.at(-1));
      }
      assert.equal(new Set(foundIds).size, foundIds.length, where);
      for (const { id } of document.catalog.categories[0].permissions) {
        if (!id.startsWith(`${rest.resource.type}.`)) continue;
        const name = id.slice(rest.resource.type.length + 1);
        const isFound = isKnown && (await isAllowed({ ...rest, action: { name } }));
        assert.equal(foundIds.includes(id), Boolean(isFound), `${where}: ${id}`);
      }
    }
  }
  assert.ok(allowed > 300 && denied > 1000, `${allowed} yes, ${denied} no`);
});
