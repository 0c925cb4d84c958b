/** What a task in a thread finds around it: its handler's `self`, its module's logger, signals of its process, events. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { listenForEvents } from "../../support/events.js";
import { startServer } from "../../support/server.js";
import { startThreadWorker } from "../../support/threads.js";
import { waitUntil } from "../../support/wait.js";

describe("in a thread", () => {
  /** @type {import("../../support/server.js").TestServer} */
  let server;
  /** @type {Awaited<ReturnType<typeof startThreadWorker>>} */
  let made;
  before(async () => {
    server = await startServer();
    made = await startThreadWorker(server.url);
  });
  after(async () => {
    await made.stop();
    await server.stop();
  });
  const send = (/** @type {string} */ name, /** @type {unknown[]} */ args = []) =>
    made.app.sendTask(`threads.inside.${name}`, args);

  it("`beforeStart` has the task's own `self`", async () => {
    const sent = await send("prepared", ["well"]);
    const [opened, thread] = /** @type {unknown[]} */ (await sent.get({ timeout: 15 }));

    assert.equal(opened, `${sent.id} in ${thread}`);
    assert.notEqual(thread, 0);
  });

  it("an error of `beforeStart` is the task's", async () => {
    const sent = await send("prepared", ["fail"]);

    await assert.rejects(sent.get({ timeout: 15 }), { name: "RangeError", message: "not ready" });
  });

  it("a helper finds its task, and its lines have the task's id", async () => {
    const sent = await send("helped");

    assert.deepEqual(await sent.get({ timeout: 15 }), [sent.id, "threads.inside.helped"]);
    const line = /** @type {any} */ (await waitUntil(() => made.lines.find(({ msg }) => msg === "a line of a helper")));
    assert.deepEqual(
      [line.level, line.task_id, line.task, line.logger, line.part],
      ["warn", sent.id, "threads.inside.helped", "threads.helpers", 1],
    );
  });

  it("`workerProcessInit` is sent before the first task", async () => {
    const { inits } = /** @type {any} */ (await (await send("initialized")).get({ timeout: 15 }));

    assert.deepEqual(inits, [[made.worker.hostname, false]]);
    const lines = made.lines.filter(({ msg }) => msg === "process init in a thread");
    assert.ok(lines.length >= 1 && lines.every(({ task_id }) => task_id === undefined));
    assert.equal(made.lines.filter(({ msg }) => msg === "process init in the main thread").length, 1);
  });

  it("`self.sendEvent` reaches monitors", async () => {
    const ear = await listenForEvents(server.url);
    const sent = await send("tells");
    const { done, hostname } = await ear.next("task-progress", sent.id);
    ear.close();

    assert.deepEqual([done, hostname], [3, made.worker.hostname]);
  });

  it("`workerProcessShutdown` is sent when the threads end, and waited for", async () => {
    const other = await startThreadWorker(server.url, { hostname: "other@%h", threadConcurrency: 1 });
    await other.stop();

    const lines = other.lines.filter(({ msg }) => msg.startsWith("process shutdown in"));
    assert.deepEqual(lines.map(({ msg }) => msg).sort(), [
      "process shutdown in a thread",
      "process shutdown in the main thread",
    ]);
    assert.ok(lines.every((line) => /** @type {any} */ (line).exitcode === 0));
  });
});
