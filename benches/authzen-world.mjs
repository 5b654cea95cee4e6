// What is asked about in benches/authzen.mjs. No imports: workerd runs it, too.

const AREAS = 6;
const LEVELS = ["own", "team", "all"];
const actions = Array.from({ length: 10 }, (_, at) => `view-${at}`);
const areas = Array.from({ length: AREAS }, (_, at) => `area-${at}`);

export const document = {
  format: "rolegate/1",
  revision: 1,
  catalog: {
    categories: areas.map((id) => ({
      id,
      permissions: actions.map((action) => ({ id: `${id}.${action}`, scopes: LEVELS })),
    })),
  },
  teams: Array.from({ length: 20 }, (_, at) => ({
    id: `team-${at}`,
    ...(at > 4 && { parent: `team-${at % 5}` }),
  })),
  roles: Array.from({ length: 12 }, (_, at) => ({
    id: `role-${at}`,
    name: `Role ${at}`,
    grants: Object.fromEntries(
      areas.flatMap((area, place) =>
        actions
          .filter((_, action) => (action + place + at) % 3 === 0)
          .map((action, turn) => [
            `${area}.${action}`,
            turn % 4 === 3
              ? { scope: "all", when: { "resource.state": "open" } }
              : LEVELS[(turn + at) % LEVELS.length],
          ]),
      ),
    ),
  })),
  users: Array.from({ length: 1000 }, (_, at) => ({
    id: `user-${at}`,
    teams: [`team-${at % 20}`],
    roles: [`role-${at % 12}`, `role-${(at * 5 + 1) % 12}`],
  })),
};

const RECORDS = Array.from({ length: 1000 }, (_, at) => ({
  id: String(at),
  owner: `user-${at}`,
  team: `team-${at % 20}`,
  state: at % 3 === 0 ? "open" : "closed",
}));

export function resources(type, id) {
  if (!areas.includes(type)) return undefined;
  return id === undefined ? RECORDS : RECORDS[Number(id)];
}

/** The handler; and below `/bare`, one that reads as it does and answers what it would, but was asked once. */
export function besideBare(handler) {
  const answers = new Map();
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith("/bare")) return handler(request);
    if (request.headers.get("authorization") === null) return new Response("Unauthorized", { status: 401 });
    const text = await request.text();
    JSON.parse(text);
    if (!answers.has(text)) {
      const { headers } = request;
      const address = request.url.replace("/bare", "");
      const response = await handler(new Request(address, { method: "POST", headers, body: text }));
      answers.set(text, await response.text());
    }
    return new Response(answers.get(text), {
      headers: { "content-type": "application/json", "cache-control": "no-store" },
    });
  };
}
