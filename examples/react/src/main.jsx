import { StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { RolegateProvider } from "rolegate/react";
import { createStore } from "rolegate/store";
import { Inbox } from "./inbox.jsx";

const store = createStore({ url: "/me.json", user: "ana" });

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <RolegateProvider value={store}>
      <Suspense fallback="Loading…">
        <Inbox ready={store.ready} />
      </Suspense>
    </RolegateProvider>
  </StrictMode>,
);
