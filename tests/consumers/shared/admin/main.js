import { init, load } from "rolegate";
import { showInbox } from "./inbox.js";

async function showChoices() {
  const { choices } = await import("./editor.js");
  for (const { label, allowed } of await choices()) {
    const button = document.createElement("button");
    button.textContent = label;
    button.disabled = !allowed;
    document.body.append(button);
  }
}

async function showMine() {
  // Where the build does not place the file.
  await init(globalThis.PLACED && "/rolegate.wasm");
  showInbox((await load(fetch("/me.json"))).for("ana"));
}

if (location.hash === "#choices") showChoices();
else showMine();
