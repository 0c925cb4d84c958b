import assert from "node:assert/strict";
import { test } from "node:test";
import { fromWire } from "../../src/canvas/options.js";
import { cpuMs, SOON_MS } from "../support/cpu.js";

test("many stamped headers and many options are told apart soon", () => {
  const names = Array.from({ length: 100_000 }, (_, n) => `stamp${n}`);
  const others = Object.fromEntries(names.map((name) => [`other ${name}`, 1]));
  const before = cpuMs();
  const { options, foreign } = fromWire({ ...others, stamped_headers: names, stamp7: "seven" });
  assert.ok(cpuMs() - before < SOON_MS);
  assert.equal(options.stamps?.stamp7, "seven");
  assert.equal(Object.keys(foreign).length, 100_000);
});
