import { load } from "rolegate";
import { Inbox } from "../inbox";

export async function clientLoader() {
  const snapshot = await load(fetch("/me/roles", { headers: { "x-user": "ana" } }));
  return snapshot.for("ana");
}

export default function Page({ loaderData: gate }) {
  return <Inbox gate={gate} />;
}

export function HydrateFallback() {
  return null;
}
