// How many requests the AuthZEN handler answers in a second of one core, on Node and in workerd, beside one that
// reads the same requests and sends the same answers without asking anything. What counts is the time that the
// server computes (`/proc`, so on Linux only): other work on the machine, and the client, do not matter.
//
//   node benches/authzen.mjs      (after `cargo xtask build`)
//
// 1,000 people, 12 roles, 60 permissions, 1,000 records; 32 connections; medians of rounds that take turns.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { createHandler } from "../pkg/authzen/index.js";
import { load } from "../pkg/entries/node.js";
import { BASE_URL, onWorkerd, served, TOKEN } from "../tests/servers/authzen.mjs";
import * as world from "./authzen-world.mjs";

const CONNECTIONS = 32;
const ROUNDS = 9;
const MS = 700;
const TICK = 1e6 / Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

const ana = { type: "user", id: "user-7" };
const view = { name: "view-3" };
const described = (id) => ({
  type: "area-2",
  id,
  properties: { owner: `user-${id}`, team: "team-1", state: "open" },
});
const ROWS = {
  "an evaluation, of a record in the request": [
    "evaluation",
    { subject: ana, action: view, resource: described("7") },
  ],
  "an evaluation, of a record that is looked up": [
    "evaluation",
    { subject: ana, action: view, resource: { type: "area-2", id: "7" } },
  ],
  "20 evaluations in a batch": [
    "evaluations",
    {
      subject: ana,
      action: view,
      evaluations: Array.from({ length: 20 }, (_, at) => ({ resource: described(String(at)) })),
    },
  ],
  "what of 60 permissions somebody may do": ["search/action", { subject: ana, resource: described("7") }],
  "who of 1,000 people may, a page of 100": [
    "search/subject",
    { subject: { type: "user" }, action: view, resource: described("7"), page: { limit: 100 } },
  ],
  "on which of 1,000 records, a page of 100": [
    "search/resource",
    { subject: ana, action: view, resource: { type: "area-2" }, page: { limit: 100 } },
  ],
};

if (argv[2] === "serve") {
  const handler = createHandler({
    baseUrl: BASE_URL,
    authenticate: (request) => request.headers.get("authorization") === `Bearer ${TOKEN}` && "pep",
    snapshot: await load(world.document),
    resources: world.resources,
  });
  const { port } = await served(world.besideBare(handler));
  console.log(port);
} else await measure();

async function measure() {
  for (const [name, start] of Object.entries({ Node: onNode, workerd: inWorkerd })) {
    const server = await start();
    try {
      console.log(
        `\n| ${name} | without asking | with rolegate | share | takes more time |\n|---|--:|--:|--:|--:|`,
      );
      for (const [row, [endpoint, body]] of Object.entries(ROWS)) await line(row, server, endpoint, body);
    } finally {
      await server.stop();
    }
  }
}

async function onNode() {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "serve"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [text] = await once(child.stdout.setEncoding("utf8"), "data");
  return { port: Number(text), pid: child.pid, stop: () => child.kill() };
}

function inWorkerd() {
  const module = fileURLToPath(new URL("authzen-world.mjs", import.meta.url));
  return onWorkerd(module, "{}", "world.besideBare(handler)");
}

async function line(row, server, endpoint, body) {
  const requests = ["/bare/access/v1/", "/access/v1/"].map((path) => requestTo(path + endpoint, body));
  const rounds = [];
  for (let round = -2; round < ROUNDS; round += 1) {
    const costs = [];
    const order = round % 2 === 0 ? [0, 1] : [1, 0];
    for (const which of order) costs[which] = await costOf(server, requests[which]);
    // Two rounds to warm up.
    if (round >= 0) rounds.push(costs);
  }
  const [bare, ours] = [0, 1].map((which) => median(rounds.map((costs) => costs[which])));
  const rate = (cost) => Math.round(1e6 / cost).toLocaleString("en");
  const share = median(rounds.map(([without, asking]) => without / asking)).toFixed(2);
  console.log(`| ${row} | ${rate(bare)} | ${rate(ours)} | ${share} | ${Math.round(ours - bare)} µs |`);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function requestTo(path, body) {
  const text = JSON.stringify(body);
  return [
    `POST ${path} HTTP/1.1`,
    "Host: pdp.example.com",
    `Authorization: Bearer ${TOKEN}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(text)}`,
    "",
    text,
  ].join("\r\n");
}

/** Microseconds that the server computes for an answer, on connections that each wait for one before they ask again. */
async function costOf({ port, pid }, request) {
  const end = performance.now() + MS;
  const before = computed(pid);
  const counts = await Promise.all(Array.from({ length: CONNECTIONS }, () => countUntil(end, port, request)));
  const count = counts.reduce((sum, one) => sum + one, 0);
  return (computed(pid) - before) / count;
}

/** Microseconds that a process has computed so far. */
function computed(pid) {
  // Behind the name, which may hold anything: the 12th and 13th are ticks for it and for the system.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
  return TICK * (Number(fields[11]) + Number(fields[12]));
}

async function countUntil(end, port, request) {
  const socket = connect(port, "127.0.0.1").setNoDelay(true);
  await once(socket, "connect");
  let count = 0;
  await new Promise((resolve, reject) => {
    let text = "";
    socket.setEncoding("latin1");
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      text += chunk;
      if (!isWhole(text)) return;
      if (!text.startsWith("HTTP/1.1 200")) reject(new Error(text));
      text = "";
      count += 1;
      if (performance.now() < end) socket.write(request);
      else resolve();
    });
    socket.write(request);
  });
  socket.destroy();
  return count;
}

/** Whether an answer has come to its end. */
function isWhole(text) {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return false;
  const [, length] = /\r\ncontent-length: (\d+)\r\n/i.exec(text.slice(0, head + 2)) ?? [];
  return length === undefined ? text.endsWith("\r\n0\r\n\r\n") : text.length >= head + 4 + Number(length);
}
