import { useEffect, useState } from "react";
import { RolegateProvider } from "rolegate/react";
import { createStore } from "rolegate/store";

/** Begins with the gate data that came with the page, and goes on with a store once that has an answer. */
export function Live({ data, url, children }) {
  const { user } = data;
  const [source, setSource] = useState(data);
  useEffect(() => {
    let isShown = true;
    const store = createStore({ url, user });
    store.ready.then(() => isShown && setSource(store));
    return () => {
      isShown = false;
      store.close();
    };
  }, [url, user]);
  return <RolegateProvider value={source}>{children}</RolegateProvider>;
}
