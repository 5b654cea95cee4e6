import { flushSync, mount, unmount } from "svelte";
import Screen from "./Screen.svelte";
import { app } from "./screen.js";

let shown;
app.mount = () => {
  shown = mount(Screen, { target: document.getElementById("root") });
};
app.unmount = () => flushSync(() => unmount(shown));
app.mount();
