import { redirect } from "next/navigation";
import { guard, menu } from "rolegate/react/server";
import { getGate } from "../../gate";

const ITEMS = [
  { label: "Home", href: "/", permission: null },
  { label: "Team", children: [{ label: "Drafts", href: "/team/drafts", permission: "conversations.reply" }] },
];

export default async function Page() {
  const gate = await getGate();
  guard(gate, "conversations.reply", { redirect: () => redirect("/rendered") });
  return (
    <nav>
      {menu(ITEMS, gate).flatMap(({ children = [], ...item }) =>
        [item, ...children].map(({ label }) => (
          <button type="button" key={label}>
            {label}
          </button>
        )),
      )}
    </nav>
  );
}
