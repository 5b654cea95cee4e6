// The same rows as on the other screens, with CASL.
import { createMongoAbility, subject } from "@casl/ability";
import { AbilityProvider, useAbility } from "@casl/react";
import { memo, useMemo } from "react";
import { createRoot } from "react-dom/client";
import { app, rows } from "./screen.js";

const OWN = { action: "reply", subject: "Conversation", conditions: { owner: "ana" } };
const SEVEN = { action: "reply", subject: "Conversation", conditions: { id: 7 } };
const ability = createMongoAbility([OWN]);
const records = rows.map((row) => subject("Conversation", { ...row }));

const Row = memo(function Row({ row }) {
  app.renders[row.id] += 1;
  return <li>{useAbility().can("reply", row) && <button type="button">Reply</button>}</li>;
});

function Memoized() {
  const may = useAbility();
  // What the React Compiler makes of `may.can("reply", records[7])`.
  const allowed = useMemo(() => may.can("reply", records[7]), [may]);
  return <p id="gate">{allowed ? "open" : "closed"}</p>;
}

app.emit = (name) => ability.update(name === "seven" ? [OWN, SEVEN] : [OWN]);

createRoot(document.getElementById("root")).render(
  <AbilityProvider value={ability}>
    <p id="any">open</p>
    <Memoized />
    <ul id="rows">
      {records.map((row) => (
        <Row key={row.id} row={row} />
      ))}
    </ul>
  </AbilityProvider>,
);
