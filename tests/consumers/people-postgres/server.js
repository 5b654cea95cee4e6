import connect from "connect-pg-simple";
import express from "express";
import session from "express-session";
import { database } from "./database.js";
import { matches } from "./passwords.js";
import { gateOf } from "./people.js";
import { viewAs } from "./view-as.js";

const app = express();
const Store = connect(session);
const store = new Store({ pool: database });
const cookie = { httpOnly: true, sameSite: "lax", secure: process.env.NODE_ENV === "production" };
app.use(express.json());
app.use(session({ store, cookie, secret: process.env.SESSION_SECRET, resave: false, saveUninitialized: false }));

app.post("/login", async (request, response) => {
  const { email, password } = request.body ?? {};
  const { rows } = await database.query("select id, password from people where email = $1", [`${email}`]);
  if (rows.length === 0 || !matches(`${password}`, rows[0].password)) return response.status(401).send("Who are you?");
  request.session.regenerate((error) => {
    if (error) return response.sendStatus(503);
    request.session.person = rows[0].id; // nothing else: what they may do is read for every request
    response.send("welcome");
  });
});

app.use(async (request, response, next) => {
  const found = request.session.person === undefined ? null : await gateOf(request.session.person);
  if (found === null) return response.status(401).send("Who are you?");
  const { viewAs: viewed } = request.session;
  Object.assign(response.locals, found, { gate: viewed ? viewAs(found.tenant, found.own, viewed) : found.own });
  next();
});

app.get("/conversations", async (_, response) => {
  const { gate } = response.locals;
  const { rows } = await database.query("select * from conversations order by id");
  const shown = (row) => ({
    subject: row.subject,
    canReply: gate.can("conversations.reply", row),
    canDelete: gate.can("conversations.delete", row),
  });
  response.json(gate.filter("conversations.view", rows).map(shown));
});

for (const action of ["reply", "delete"]) {
  app.post(`/conversations/:id/${action}`, async (request, response) => {
    const { gate } = response.locals;
    const { rows } = await database.query("select * from conversations where id = $1", [request.params.id]);
    if (rows.length === 0 || !gate.can("conversations.view", rows[0])) return response.status(404).send("Not found");
    const why = gate.explain(`conversations.${action}`, rows[0]);
    if (!why.allowed) return response.status(403).send(why.publicText);
    response.send("done"); // do it here
  });
}

/** The admin page starts and ends it. Whether somebody may is checked with their own gate. */
app.post("/view-as", (request, response) => {
  const { own, tenant } = response.locals;
  const { role, team } = request.body ?? {};
  if (!own.can("roles.preview")) return response.status(403).send(own.explain("roles.preview").publicText);
  if (!tenant.roles().some(({ id }) => id === role)) return response.status(400).send("No such role");
  request.session.viewAs = { role, team: team === undefined ? undefined : `${team}` };
  response.json(viewAs(tenant, own, request.session.viewAs).permissions());
});

app.delete("/view-as", (request, response) => {
  delete request.session.viewAs;
  response.send("yourself again");
});

app.use((error, _request, response, _next) => {
  console.error(error);
  response.status(503).send("Later"); // no roles, no database: no access
});

app.listen(process.env.PORT ?? 3000);
