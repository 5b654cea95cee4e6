import { createStore } from "rolegate/store";
import { rolegate } from "rolegate/vue";
import { createApp } from "vue";
import App from "./App.vue";

const store = createStore({ url: "/me.json", user: "ana" });

createApp(App).use(rolegate, store).mount("#app");
