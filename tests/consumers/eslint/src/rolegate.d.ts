import type {} from "rolegate";

declare module "rolegate" {
  /** permission: "not.this" */
  interface Register {
    // permission: "nor.this";
    permission:
      | "tickets.view"
      | "tickets.reply";
    resources: { tickets: { title: string } };
  }
}
