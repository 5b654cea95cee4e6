import { defineConfig } from "vite";
import solid from "vite-plugin-solid";

export default defineConfig(({ isSsrBuild }) => ({
  plugins: [solid({ ssr: true })],
  build: {
    emptyOutDir: false,
    rolldownOptions: {
      input: isSsrBuild ? "src/server.jsx" : "src/client.jsx",
      output: { entryFileNames: "[name].js" },
    },
  },
}));
