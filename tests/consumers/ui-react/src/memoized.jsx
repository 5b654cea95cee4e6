import { useMemo } from "react";
import { useGate } from "rolegate/react";

/** By hand what the React Compiler makes of `useGate().can(…)`. */
export function Memoized({ id, permission, record }) {
  const gate = useGate();
  const allowed = useMemo(() => gate.can(permission, record), [gate, permission, record]);
  return <p id={id}>{allowed ? "open" : "closed"}</p>;
}
