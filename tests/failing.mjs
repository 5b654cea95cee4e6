// What is expected to fail.

import assert from "node:assert/strict";

/** The error that it throws. */
export const failing = (act) => {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new assert.AssertionError({ message: "it should have failed" });
};
