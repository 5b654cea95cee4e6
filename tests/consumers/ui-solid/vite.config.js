import { defineConfig } from "vite";
import solid from "vite-plugin-solid";

export default defineConfig({
  plugins: [solid()],
  build: { rolldownOptions: { input: ["index.html", "inbox.html"] } },
});
