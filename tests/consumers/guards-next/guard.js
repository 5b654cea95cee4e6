import { createGuard } from "rolegate/guard";
import { gateOf } from "./desk";

export const { requireCan } = createGuard({
  gate: (request) => gateOf(request.headers.get("x-user")), // your session
  onError: console.error,
});
