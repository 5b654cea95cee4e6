import { memo, StrictMode, useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { Can, RolegateProvider, useCan, useScope } from "rolegate/react";
import { Reply } from "./late.jsx";
import { Memoized } from "./memoized.jsx";
import { app, rows, sources } from "./screen.js";

const word = (allowed) => (allowed ? "open" : "closed");

const Row = memo(function Row({ row }) {
  app.renders[row.id] += 1;
  return <li>{useCan("c.reply", row) && <button type="button">Reply</button>}</li>;
});

const Any = ({ id, permission }) => <p id={id}>{word(useCan(permission))}</p>;
const Extent = () => <p id="scope">{useScope("c.reply").kind}</p>;
const Why = () => (
  <Can permission="c.close">{(_, why) => <p id="why">{why?.reason ?? "not-granted"}</p>}</Can>
);

function Screen() {
  const [source, setSource] = useState(() => app.sourceOf(app.startOf.source));
  const [late, setLate] = useState(app.startOf.late);
  const [named, setNamed] = useState(app.startOf.named);
  useEffect(() => {
    app.source = (name) => setSource(app.sourceOf(name));
    app.late = setLate;
    app.named = setNamed;
  }, []);
  return (
    <RolegateProvider value={source}>
      <Any id="any" permission="c.reply" />
      <Any id="named" permission={named} />
      <p id="late">
        <Reply conversation={late} />
      </p>
      <Extent />
      <Why />
      <Memoized id="gate" permission="c.reply" record={rows[7]} />
      <RolegateProvider value={sources.none}>
        <Any id="inner" permission="c.reply" />
      </RolegateProvider>
      <ul id="rows">
        {rows.map((row) => (
          <Row key={row.id} row={row} />
        ))}
      </ul>
    </RolegateProvider>
  );
}

let root;
app.mount = () => {
  root = createRoot(document.getElementById("root"));
  root.render(
    <StrictMode>
      <Screen />
    </StrictMode>,
  );
};
app.unmount = () => flushSync(() => root.unmount());
app.mount();
