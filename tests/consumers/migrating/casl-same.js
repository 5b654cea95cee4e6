import { deepEqual, ok } from "node:assert/strict";
import * as after from "./casl-after.js";
import * as before from "./casl-before.js";
import { sampler } from "./sampled.js";

const { one, some } = sampler(1);
const IDS = ["ana", "bo", "cy"];
const TEAMS = ["sales", "support"];
const statuses = new Map();

for (let round = 0; round < 2000; round += 1) {
  const person = { id: one(IDS), roles: some(["agent", "lead", "admin", "auditor"]), teams: some([...TEAMS, "legal"]) };
  const conversations = ["1", "2", "3"].map((id) => ({ id, assigneeId: one([...IDS, undefined]), teamId: one([...TEAMS, "legal", undefined]), status: one(["open", "closed"]) }));
  const answers = (application) => {
    const ask = (path, id) => application.answer(person, conversations, { path, id });
    const { body } = ask("/me");
    const data = JSON.parse(JSON.stringify(body)); // as it comes to the page
    return [ask("/conversations"), ...["1", "2", "3", "4"].flatMap((id) => [ask("/reply", id), ask("/assign", id)]), ...conversations.map((record) => application.buttons(data, record))];
  };
  const same = answers(before);
  deepEqual(answers(after), same, JSON.stringify({ person, conversations }));
  for (const { status } of same) statuses.set(status, (statuses.get(status) ?? 0) + 1);
}
for (const status of [200, 403, 404]) ok(statuses.get(status) > 500, `${status}: ${statuses.get(status)}`);
