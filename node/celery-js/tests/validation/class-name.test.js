import assert from "node:assert/strict";
import { test } from "node:test";
import { className } from "../../src/validation/class-name.js";

class GatewayError extends Error {}
const unreadable = Object.defineProperty(new Error("x"), "name", {
  get() {
    throw new Error("no name");
  },
});

for (const [what, error, name] of /** @type {ReadonlyArray<[string, unknown, string]>} */ ([
  ["of its class", new GatewayError("x"), "GatewayError"],
  ["that it was given", Object.assign(new Error("x"), { name: "Odd" }), "Odd"],
  [
    "of its class where it was given an object",
    Object.assign(new TypeError("x"), { name: { toString: () => "Odd" } }),
    "TypeError",
  ],
  ["of its class where that was given a number", Object.assign(new Error("x"), { constructor: { name: 7 } }), "Error"],
  ["of all errors where it has no class", Object.assign(new Error("x"), { name: null, constructor: null }), "Error"],
  ["of all errors where it cannot be read", unreadable, "Error"],
])) {
  test(`an error has the name ${what}`, () => {
    assert.equal(className(/** @type {Error} */ (error)), name);
  });
}
