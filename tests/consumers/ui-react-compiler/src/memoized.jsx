import { useGate } from "rolegate/react";

const Answer = ({ id, open }) => <p id={id}>{open.length > 0 ? "open" : "closed"}</p>;

/** The React Compiler keeps the list as long as the gate is the same object. */
export function Memoized({ id, permission, record }) {
  const gate = useGate();
  const open = [record].filter((one) => gate.can(permission, one));
  return <Answer id={id} open={open} />;
}
