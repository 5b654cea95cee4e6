// What only React has: Suspense, transitions, StrictMode, and state in the libraries that applications use.

import { immerable, produce } from "immer";
import { observable, runInAction } from "mobx";
import { observer } from "mobx-react-lite";
import * as React from "react";
import { memo, StrictMode, Suspense, startTransition, useEffect, useLayoutEffect, useState } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { restore } from "rolegate/lite";
import { Can, RolegateProvider, useCan, useScope } from "rolegate/react";
import { createStore } from "rolegate/store";
import { testGate, testStore } from "rolegate/testing";
import explaining from "./explaining.json"; // as a server sends it: `gate.toJSON({ explain: true })`
import { Live } from "./live.jsx";
import { Memoized } from "./memoized.jsx";
import { ReplyButton } from "./why.jsx";

const word = (allowed) => (allowed ? "open" : "closed");
const gateOf = (permissions) => testGate(permissions, { user: "ana" });
const OWN = { "c.reply": "own", "c.view": true };
const MINE = { id: 1, owner: "ana" };
const OTHERS = { id: 2, owner: "bo" };

/** For the test that drives the page. */
const more = { counted: 0, zombies: 0, torn: 0, commits: 0 };
window.more = more;

// -- Suspense

const late = testStore();
more.fill = () => late.emit(gateOf(OWN));

function Ready() {
  if (React.use !== undefined) React.use(late.ready);
  else if (late.status === "empty") throw late.ready;
  return <p id="ready">{word(useCan("c.reply", MINE))}</p>;
}

// -- records

const observed = observable({ id: 1, owner: "bo", [Symbol("mark")]: true });
more.observed = (owner) => runInAction(() => (observed.owner = owner));
const Observed = observer(() => <p id="mobx">{word(useCan("c.reply", observed))}</p>);

class Conversation {
  [immerable] = true;
  [Symbol("mark")] = { owner: "ana" };
  #owner;

  constructor(owner) {
    this.#owner = owner;
    this.owner = owner;
  }

  isOf(name) {
    return this.#owner === name;
  }
}

function Records() {
  const [plain, setPlain] = useState(() => produce({ id: 1, owner: "bo" }, () => {}));
  const [made, setMade] = useState(() => new Conversation("bo"));
  useEffect(() => {
    more.immer = (owner) => setPlain((it) => produce(it, (draft) => void (draft.owner = owner)));
    more.made = (owner) => setMade((it) => produce(it, (draft) => void (draft.owner = owner)));
  }, []);
  return (
    <>
      <p id="immer">{word(useCan("c.reply", plain))}</p>
      <p id="class">{word(useCan("c.reply", made))}</p>
    </>
  );
}

// -- gate data that are made anew with each rendering, and what that renders

const Counted = memo(function Counted() {
  more.counted += 1;
  const scope = useScope("c.reply");
  return <p id="fresh">{word(useCan("c.reply", MINE) && scope.matches(MINE))}</p>;
});

function Fresh() {
  const [data, setData] = useState(OWN);
  const [times, setTimes] = useState(0);
  useEffect(() => {
    more.again = () => setTimes((it) => it + 1);
    more.renew = () => setData({});
  }, []);
  return (
    <RolegateProvider value={{ ...gateOf(data).toJSON(), at: Date.now() }}>
      <p id="times">{times}</p>
      <Counted />
    </RolegateProvider>
  );
}

// -- time

function Timed() {
  const [source, setSource] = useState(() => gateOf([]));
  useEffect(() => {
    more.ending = () => setSource(restore({ ...gateOf(OWN).toJSON(), expires: Date.now() + 1500 }));
  }, []);
  return (
    <RolegateProvider value={source}>
      <Memoized id="timed" permission="c.reply" record={MINE} />
    </RolegateProvider>
  );
}

// -- a store that fetches: what it says is known before its listeners are called

let served = OWN;
const real = createStore({
  user: "ana",
  fetch: async () => new Response(JSON.stringify(gateOf(served).toJSON())),
});
more.serve = (permissions) => {
  served = permissions;
  return real.refresh();
};

/** Must not be rendered closed, where only who may see it is shown it. */
function Zombie() {
  const allowed = useCan("c.reply");
  if (!allowed) more.zombies += 1;
  return <p id="zombie">{word(allowed)}</p>;
}

const Outer = () => useCan("c.reply") && <Zombie />;

// -- transitions: all that is committed at once is of one answer

const shared = testStore(gateOf(OWN));
more.share = (permissions) => shared.emit(gateOf(permissions));
const CELLS = Array.from({ length: 60 }, (_, at) => at);

const Cell = memo(function Cell({ round }) {
  for (const end = performance.now() + 3; performance.now() < end; );
  return <i data-round={round}>{word(useCan("c.reply"))}</i>;
});

function Cells() {
  const [round, setRound] = useState(0);
  useEffect(() => {
    more.round = () => startTransition(() => setRound((it) => it + 1));
  }, []);
  useLayoutEffect(() => {
    more.commits += 1;
    const texts = new Set(Array.from(document.querySelectorAll("#cells i"), (it) => it.textContent));
    if (texts.size > 1) more.torn += 1;
  });
  return (
    <p id="cells">
      <b id="round">{round}</b>
      {CELLS.map((at) => (
        <Cell key={at} round={round} />
      ))}
    </p>
  );
}

// -- data first, then a store

const firstData = gateOf(OWN).toJSON();
more.lives = [];

function Living() {
  const open = `${word(useCan("c.reply", MINE))}, ${word(useCan("c.reply", OTHERS))}`;
  useEffect(() => void more.lives.push(open), [open]);
  return <p id="live">{open}</p>;
}

// -- hydration: a scope of the first rendering goes by the clock of the server

const SECOND = 1000;
const recent = gateOf({ "c.reply": { when: { "resource.at": { $since: "now-2s" } } } }).toJSON();

function Scoped({ name }) {
  const scope = useScope("c.reply");
  useEffect(() => {
    more[name] = (age) => scope.matches({ at: new Date(Date.now() - age) });
  });
  return <p id={name}>{scope.kind}</p>;
}

/** The same data, first by a clock that stands still. */
function Swapped() {
  const [source, setSource] = useState(() => restore(recent, { now: Date.now() - 10 * SECOND }));
  useEffect(() => {
    more.swap = () => setSource(restore(recent));
  }, []);
  return (
    <RolegateProvider value={source}>
      <Scoped name="swapped" />
    </RolegateProvider>
  );
}

const page = (
  <RolegateProvider value={{ ...recent, at: Date.now() - 10 * SECOND }}>
    <Scoped name="hydrated" />
  </RolegateProvider>
);
const container = document.createElement("div");
container.innerHTML = renderToString(page);
document.body.append(container);
hydrateRoot(container, page);

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <RolegateProvider value={late}>
      <Suspense fallback={<p id="waiting">waiting</p>}>
        <Ready />
      </Suspense>
    </RolegateProvider>
    <RolegateProvider value={real}>
      <Can permission="c.reply" fallback={<p id="fetched">closed</p>} pending={<p id="fetched">pending</p>}>
        <p id="fetched">open</p>
      </Can>
      <Outer />
    </RolegateProvider>
    <RolegateProvider value={shared}>
      <Observed />
      <Records />
      <Cells />
    </RolegateProvider>
    <Fresh />
    <Timed />
    <Swapped />
    <Live data={firstData} url="/gate.json">
      <Living />
    </Live>
    <RolegateProvider value={explaining}>
      <ReplyButton conversation={OTHERS} />
    </RolegateProvider>
  </StrictMode>,
);
