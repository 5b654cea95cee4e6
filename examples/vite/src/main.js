import { load } from "rolegate";
import { showInbox } from "./inbox.js";

load(fetch("/me.json")).then((snapshot) => showInbox(snapshot.for("ana")));
