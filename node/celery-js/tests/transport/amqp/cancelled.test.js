/** A worker whose consumer the broker cancels, and does not let it start again. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { startAmqpServer } from "../../support/amqp-server.js";
import { freePort } from "../../support/server.js";
import { waitUntil } from "../../support/wait.js";
import { makeWorker } from "../../support/worker.js";

describe("a cancelled consumer", { timeout: 60_000 }, () => {
  /** @type {import("../../support/amqp-server.js").AmqpServer} */
  let server;
  /** @type {ReturnType<typeof makeWorker>} */
  let made;
  let health = "";
  /** @type {{ peer: any, channel: number, consumerTag: string } | null} */
  let consumer = null;
  beforeEach(async () => {
    consumer = null;
    server = await startAmqpServer();
    server.onMethod = (peer, method, { queue, consumerTag }, channel) => {
      if (method === "BasicConsume" && queue === "q") consumer = { peer, channel, consumerTag: consumerTag || "tag-q" };
    };
    const workerHealthAddress = `127.0.0.1:${await freePort()}`;
    health = `http://${workerHealthAddress}/readyz`;
    const settings = { resultBackend: null, brokerUrl: server.url, workerHealthAddress };
    made = makeWorker(server.url, {}, { settings });
    await made.worker.start();
    await waitUntil(() => consumer !== null);
    await waitUntil(async () => (await fetch(health)).status === 200);
  });
  afterEach(async () => {
    await made.stop();
    await server.close();
  });

  const lines = () => made.lines.map(({ msg }) => msg).filter((line) => line.includes("'q'"));
  const cancel = () => {
    const { peer, channel, consumerTag } = /** @type {NonNullable<typeof consumer>} */ (consumer);
    peer.send("BasicCancel", { consumerTag, nowait: true }, channel);
  };

  it("is told when it cannot be started again, and when it can", async () => {
    server.refused.set("QueueDeclare", "NOT_ALLOWED");
    cancel();

    await waitUntil(async () => (await fetch(health)).status === 503, { timeoutMs: 15_000 });
    const { reasons } = /** @type {{ reasons: string[] }} */ (await (await fetch(health)).json());
    assert.deepEqual(reasons, ["nothing is consumed from 'q'"]);
    assert.deepEqual(lines(), [
      "The broker has cancelled the consumer of 'q': the queue was deleted or moved. Consuming again",
    ]);

    server.refused.clear();
    await waitUntil(async () => (await fetch(health)).status === 200);
    assert.match(lines()[1], /^Consuming from 'q' again after \d+\.\d s$/);
  });

  it("that starts again leaves the worker ready", async () => {
    consumer && cancel();
    consumer = null;

    await waitUntil(() => consumer !== null);

    await waitUntil(() => lines().length === 2);
    assert.equal((await fetch(health)).status, 200);
  });
});
