import { createRouter, RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RolegateProvider } from "rolegate/react";
import { createStore } from "rolegate/store";
import { routeTree } from "./routes.jsx";

const store = createStore({ url: "/me.json", user: "ana" });
const router = createRouter({ routeTree, context: { store } });

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <RolegateProvider value={store}>
      <RouterProvider router={router} />
    </RolegateProvider>
  </StrictMode>,
);
