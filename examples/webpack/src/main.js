import { load } from "rolegate";
import { showInbox } from "./inbox.js";

const snapshot = await load(fetch("/me.json"));
showInbox(snapshot.for("ana"));
