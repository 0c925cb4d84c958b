/** What each signal asks for, as celery.apps.worker reads them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { listenForSignals } from "../../../src/worker/lifecycle/process-signals.js";

/** @param {NodeJS.Signals} signal */
const emit = (signal) => process.emit(signal, signal);

describe("a sequence of signals asks for", () => {
  for (const [signals, stages, environment = {}] of /** @type {Array<[string, string[], NodeJS.ProcessEnv?]>} */ ([
    ["TERM", ["warm TERM"]],
    ["TERM TERM TERM", ["warm TERM"]],
    ["INT", ["warm INT"]],
    ["INT INT", ["warm INT", "cold INT"]],
    ["INT INT INT", ["warm INT", "cold INT", "hard INT"]],
    ["TERM INT", ["warm TERM"]],
    ["TERM INT INT", ["warm TERM", "cold INT"]],
    ["TERM QUIT", ["warm TERM", "cold QUIT"]],
    ["QUIT", ["soft QUIT"]],
    ["QUIT TERM", ["soft QUIT"]],
    ["QUIT QUIT", ["soft QUIT", "cold QUIT"]],
    ["QUIT INT", ["soft QUIT", "cold INT"]],
    ["QUIT QUIT QUIT QUIT", ["soft QUIT", "cold QUIT", "hard QUIT"]],
    ["TERM", ["soft TERM"], { REMAP_SIGTERM: "SIGQUIT" }],
    ["TERM TERM", ["soft TERM", "cold TERM"], { REMAP_SIGTERM: "SIGQUIT" }],
    ["TERM TERM", ["warm TERM"], { REMAP_SIGTERM: "SIGINT" }],
  ])) {
    it(`${signals} ${JSON.stringify(environment)}`, () => {
      /** @type {string[]} */
      const reached = [];
      const onStage = (/** @type {string} */ stage, /** @type {string} */ signal) =>
        reached.push(`${stage} ${signal.replace("SIG", "")}`);
      const stop = listenForSignals(onStage, environment);
      for (const signal of signals.split(" ")) emit(/** @type {NodeJS.Signals} */ (`SIG${signal}`));
      stop();
      assert.deepEqual(reached, stages);
    });
  }
});
