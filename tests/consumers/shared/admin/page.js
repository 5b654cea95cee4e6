"use client";

import { useEffect, useState } from "react";
import { choices } from "./editor";

export default function Page() {
  const [shown, setShown] = useState([]);
  useEffect(() => {
    choices().then(setShown);
  }, []);
  return shown.map(({ label, allowed }) => (
    <button type="button" key={label} disabled={!allowed}>
      {label}
    </button>
  ));
}
