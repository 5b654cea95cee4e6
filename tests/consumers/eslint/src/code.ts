import type { LiteGate } from "rolegate/lite";

export const right = (gate: LiteGate) => gate.can("tickets.view" as const);
export const wrong = (gate: LiteGate) => gate.can("tickets.veiw" as never);
