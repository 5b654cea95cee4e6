import { restore } from "rolegate/lite";

const gate = restore(await (await fetch("/me/gate")).json());

// From here on every answer is immediate.
for (const action of ["view", "create", "share", "delete"]) {
  const button = document.createElement("button");
  button.textContent = action;
  button.disabled = !gate.can(`project.${action}`);
  document.body.append(button);
}
