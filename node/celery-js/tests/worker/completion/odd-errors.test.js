/** Errors whose properties a task has set to anything: each fails its task, and no other. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { BACKENDS } from "../../../src/backend/backend.js";
import { TRANSPORTS } from "../../../src/transport/transport.js";
import { MemoryBroker } from "../../support/memory-broker.js";
import { waitUntil } from "../../support/wait.js";
import { startWorker } from "../../support/worker.js";

const cycle = { self: /** @type {unknown} */ (null) };
cycle.self = cycle;
const unreadable = {
  get() {
    throw new Error("it cannot be read");
  },
};
/** @type {Record<string, () => Error>} */
const ERRORS = {
  "a name that is an object": () => Object.assign(new Error("x"), { name: { toString: () => "Odd" } }),
  "a message that is a number without end": () => Object.assign(new Error("x"), { message: 7n }),
  "a message that contains itself": () => Object.assign(new Error("x"), { message: cycle }),
  "no class": () => Object.assign(new Error("x"), { constructor: null }),
  "an object as its class": () => Object.assign(new Error("x"), { constructor: {} }),
  "a name that cannot be read": () => Object.defineProperty(new Error("x"), "name", unreadable),
  "a message that cannot be read": () => Object.defineProperty(new Error("x"), "message", unreadable),
  "a stack that cannot be read": () => Object.defineProperty(new Error("x"), "stack", unreadable),
};

describe("a worker", () => {
  const broker = new MemoryBroker();
  /** @type {Awaited<ReturnType<typeof startWorker>>} */
  let started;

  before(async () => {
    TRANSPORTS.push(broker.transport);
    BACKENDS.push(broker.backend);
    const fail = (/** @type {string} */ what) => {
      throw ERRORS[what]();
    };
    const failLater = async (/** @type {string} */ what) => fail(what);
    const options = { withoutMingle: true, concurrency: 1 };
    started = await startWorker("memory://here", { fail, failLater }, { options });
  });
  after(async () => {
    await started.stop();
    TRANSPORTS.pop();
    BACKENDS.pop();
  });

  for (const what of Object.keys(ERRORS)) {
    for (const task of ["fail", "failLater"]) {
      it(`goes on after an error with ${what} in ${task}`, async () => {
        const { id } = await started.app.sendTask(task, [what]);

        await waitUntil(() => broker.results.has(id) && broker.held.size === 0);

        assert.equal(JSON.parse(broker.results.get(id) ?? "{}").status, "FAILURE");
      });
    }
  }
});
