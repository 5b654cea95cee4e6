import { Component, inject } from "@angular/core";
import { type CanActivateFn, type CanMatchFn, Router, type Routes } from "@angular/router";
import { guard } from "rolegate/angular";
import { rows, sources } from "./screen.js";

/** Without a redirect, the router looks for another route. */
const mayView: CanMatchFn = () => guard(sources.store, "c.view");

/** About the record of the route; one that does not exist is an unknown record. */
const mayReply: CanActivateFn = (route) => {
  const router = inject(Router);
  const resource = rows.find(({ id }) => id === Number(route.params["id"]));
  return guard(sources.store, "c.reply", { resource, redirect: () => router.parseUrl("/denied") });
};

@Component({ template: "" })
class Page {}

export const routes: Routes = [
  { path: "reply/:id", canMatch: [mayView], canActivate: [mayReply], component: Page },
  { path: "reply/:id", redirectTo: "/sign-in" },
  { path: "**", component: Page },
];
