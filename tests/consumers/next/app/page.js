"use client";

import { load } from "rolegate";
import { useEffect, useState } from "react";
import { Inbox } from "./inbox";

export default function Page() {
  const [gate, setGate] = useState();
  useEffect(() => {
    load(fetch("/me/roles", { headers: { "x-user": "ana" } })).then((snapshot) => setGate(snapshot.for("ana")));
  }, []);
  return gate && <Inbox gate={gate} />;
}
