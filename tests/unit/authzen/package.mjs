// The package under test.

export { certify, createHandler } from "../../../pkg/authzen/index.js";
export { load } from "../../../pkg/entries/node.js";
