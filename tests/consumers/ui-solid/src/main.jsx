import { Can, RolegateProvider, useCan, useGate, useScope } from "rolegate/solid";
import { createSignal, For, Show } from "solid-js";
import { createStore } from "solid-js/store";
import { render } from "solid-js/web";
import { app, rows, sources } from "./screen.js";

const word = (allowed) => (allowed ? "open" : "closed");

function Row(props) {
  const canReply = useCan("c.reply", () => props.row);
  const seen = () => {
    app.renders[props.row.id] += 1;
    return canReply();
  };
  return (
    <li>
      <Show when={seen()}>
        <button type="button">Reply</button>
      </Show>
    </li>
  );
}

function Asked() {
  const gate = useGate();
  return <p id="gate">{word(gate().can("c.reply", rows[7]))}</p>;
}

function Any(props) {
  const allowed = useCan(() => props.permission);
  return <p id={props.id}>{word(allowed())}</p>;
}

function Extent() {
  const scope = useScope("c.reply");
  return <p id="scope">{scope().kind}</p>;
}

function Why() {
  return (
    <p id="why">
      <Can permission="c.close">{(allowed, why) => (allowed ? "open" : (why?.reason ?? "not-granted"))}</Can>
    </p>
  );
}

const [record, setRecord] = createStore({ id: 1 });

function Screen() {
  const [source, setSource] = createSignal(app.sourceOf(app.startOf.source));
  const [late, setLate] = createSignal(app.startOf.late);
  const [named, setNamed] = createSignal(app.startOf.named);
  app.source = (name) => setSource(app.sourceOf(name));
  app.late = (value) => setLate(value);
  app.named = setNamed;
  app.reactive = (change) => setRecord(change);
  return (
    <RolegateProvider value={source()}>
      <Any id="any" permission="c.reply" />
      <Any id="named" permission={named()} />
      <p id="late">
        <Can permission="c.reply" on={late()} fallback="closed" pending="pending">
          open
        </Can>
      </p>
      <p id="reactive">
        <Can permission="c.reply" on={record} fallback="closed">
          open
        </Can>
      </p>
      <Extent />
      <Why />
      <Asked />
      <RolegateProvider value={sources.none}>
        <Any id="inner" permission="c.reply" />
      </RolegateProvider>
      <ul id="rows">
        <For each={rows}>{(row) => <Row row={row} />}</For>
      </ul>
    </RolegateProvider>
  );
}

let dispose;
app.mount = () => {
  dispose = render(Screen, document.getElementById("root"));
};
app.unmount = () => dispose();
app.mount();
