import { restore } from "rolegate/lite";
import { Inbox } from "../inbox";
import { tenant } from "../tenant.server";

export async function loader() {
  return (await tenant).for("ana").toJSON(); // the user comes from the session
}

export default function Page({ loaderData }) {
  return <Inbox gate={restore(loaderData, { now: loaderData.at })} />;
}
