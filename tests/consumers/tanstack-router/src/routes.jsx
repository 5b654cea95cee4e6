import { createRootRouteWithContext, createRoute, Link, Outlet, redirect } from "@tanstack/react-router";
import { guard, menu, useGate } from "rolegate/react";

const ITEMS = [
  { label: "Home", to: "/", permission: null },
  { label: "Replies", to: "/replies", permission: "conversations.reply" },
  { label: "Exports", to: "/exports", permission: "conversations.export" },
];

function Layout() {
  const gate = useGate();
  return (
    <>
      <nav>
        {menu(ITEMS, gate).map(({ label, to }) => (
          <Link key={to} to={to}>
            {label}
          </Link>
        ))}
      </nav>
      <Outlet />
      <button type="button">Help</button>
    </>
  );
}

const root = createRootRouteWithContext()({ component: Layout });

function home() {
  throw redirect({ to: "/" });
}

/** Such a route is entered by who may do this; others are sent home. It waits for the store's first answer. */
const only = (permission) => async ({ context }) => void (await guard(context.store, permission, { redirect: home }));

const page = (path, heading, beforeLoad) =>
  createRoute({ getParentRoute: () => root, path, beforeLoad, component: () => <h1>{heading}</h1> });

export const routeTree = root.addChildren([
  page("/", "Home"),
  page("/replies", "Replies", only("conversations.reply")),
  page("/exports", "Exports", only("conversations.export")),
]);
