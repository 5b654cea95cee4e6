import { load } from "rolegate";
import roles from "../../roles.json";

export const tenant = load(roles);
