import { connection } from "next/server";
import { tenant } from "../../tenant";
import { Inbox } from "../inbox";

export default async function Page() {
  await connection(); // the user comes from the session, so render for each request
  return <Inbox gate={(await tenant).for("ana")} />;
}
