/** What becomes of events while the server is away. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EventDispatcher } from "../../../src/worker/observers/event-dispatcher.js";

describe("events of an outage", () => {
  const log = /** @type {any} */ ({
    warn: (/** @type {string} */ line) => void lines.push(line),
    error() {},
    info() {},
  });
  /** @type {string[]} */
  const lines = [];
  let clock = 0;
  /** @param {import("../../../src/worker/observers/event-dispatcher.js").Broadcaster} broadcaster */
  const dispatcherOn = (broadcaster) =>
    new EventDispatcher({
      hostname: "w@h",
      clock: /** @type {any} */ ({ forward: () => ++clock }),
      exchange: "celeryev",
      taskEvents: true,
      broadcaster,
      log,
      limit: 10,
    });

  test("are kept up to a limit and sent after the outage", async () => {
    /** @type {string[]} */
    const sent = [];
    const broadcaster = {
      isConnected: false,
      broadcast: async (/** @type {string} */ _exchange, /** @type {string} */ _key, /** @type {string} */ text) =>
        void sent.push(text),
    };
    const dispatcher = dispatcherOn(broadcaster);
    for (let i = 0; i < 25; i += 1) dispatcher.send("task-started", { uuid: String(i) });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(sent, []);

    broadcaster.isConnected = true;
    dispatcher.send("worker-heartbeat", {});
    await dispatcher.close();

    const [list] = sent.map((text) => JSON.parse(Buffer.from(JSON.parse(text).body, "base64").toString()));
    assert.deepEqual(
      list.map((/** @type {{ uuid: string }} */ { uuid }) => uuid),
      ["16", "17", "18", "19", "20", "21", "22", "23", "24"],
    );
    assert.deepEqual(lines, ["16 event(s) were dropped while the server was away"]);
  });

  test("are sent again in order if the server did not answer", async () => {
    /** @type {string[]} */
    const sent = [];
    let answers = false;
    const dispatcher = dispatcherOn({
      isConnected: true,
      broadcast: async (_exchange, routingKey) => {
        if (!answers) throw new Error("connection lost");
        sent.push(routingKey);
      },
    });
    dispatcher.send("worker-online", {});
    dispatcher.send("task-started", { uuid: "1" });
    await new Promise((resolve) => setTimeout(resolve, 20));
    answers = true;
    await dispatcher.close();

    assert.deepEqual(sent, ["worker.online", "task.multi"]);
  });
});
