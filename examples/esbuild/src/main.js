import { init, load } from "rolegate";
import { showInbox } from "./inbox.js";

await init("/rolegate.wasm");
const snapshot = await load(fetch("/me.json"));
showInbox(snapshot.for("ana"));
