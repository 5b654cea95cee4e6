import { connection } from "next/server";
import { tenant } from "../../tenant";
import { Inbox } from "../inbox";

export default async function Page() {
  await connection(); // whoever the session says: rendered for each request
  return <Inbox gate={(await tenant).for("ana")} />;
}
