import { readFile } from "node:fs/promises";
import { load } from "rolegate";
import { testGate } from "rolegate/testing";
import { replyButton } from "./reply-button.js";

const conversation = { assigneeId: "bo", teamId: "sales" };

test("is open to whoever may reply", () => {
  expect(replyButton(testGate(["conversations.reply"]), conversation).disabled).toBe(false);
  expect(replyButton(testGate(["conversations.view"]), conversation).disabled).toBe(true);
});

test("is closed while the conversation loads", () => {
  expect(replyButton(testGate({ "conversations.reply": "team" }, { teams: ["sales"] }), undefined).disabled).toBe(true);
});

test("does what the roles say", async () => {
  const snapshot = await load(await readFile("roles.json", "utf8"));
  expect(replyButton(snapshot.for("ana"), conversation).disabled).toBe(false);
  expect(replyButton(snapshot.for("bo"), conversation).disabled).toBe(true);
});
