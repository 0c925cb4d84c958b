/** A worker on a RabbitMQ in an alarm, which reads nothing more of a connection that has published. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { deliverTask, startAmqpServer } from "../../support/amqp-server.js";
import { waitUntil } from "../../support/wait.js";
import { makeWorker } from "../../support/worker.js";

describe("a worker during an alarm", { timeout: 60_000 }, () => {
  /** @type {import("../../support/amqp-server.js").AmqpServer} */
  let server;
  /** @type {ReturnType<typeof makeWorker>} */
  let made;
  let ran = 0;
  /** Where the broker delivers. @type {{ peer: any, channel: number, consumerTag: string } | null} */
  let consumer = null;
  let isAlarmed = false;
  beforeEach(async () => {
    isAlarmed = true;
    consumer = null;
    ran = 0;
    server = await startAmqpServer();
    server.onMethod = (peer, method, fields, channel) => {
      if (method === "BasicConsume" && fields.queue === "q")
        consumer = { peer, channel, consumerTag: fields.consumerTag };
      if (method !== "BasicPublish" || !isAlarmed) return;
      peer.isDeaf = true;
      peer.send("ConnectionBlocked", { reason: "low on memory" });
    };
    const run = () => {
      ran += 1;
    };
    made = makeWorker(server.url, { "t.run": run }, { settings: { resultBackend: null, brokerUrl: server.url } });
    await made.worker.start();
    await waitUntil(() => consumer !== null && server.latest("sending")?.isDeaf);
  });
  afterEach(async () => {
    isAlarmed = false;
    await made.stop();
    await server.close();
  });

  const lines = () => made.lines.map(({ msg }) => msg);

  it("runs and acknowledges tasks, and says once what waits", async () => {
    const { peer, channel, consumerTag } = /** @type {NonNullable<typeof consumer>} */ (consumer);

    deliverTask(peer, { channel, consumerTag: consumerTag || "tag-q", deliveryTag: 1, task: "t.run", id: "id1" });

    await waitUntil(() => ran === 1 && peer.methods.includes("BasicAck"), { what: "an acknowledgement" });
    assert.ok(!peer.methods.includes("BasicPublish"));
    const said = lines().filter((line) => line.includes("takes no messages"));
    assert.deepEqual(said, [
      "The broker takes no messages of this worker; events wait, as do messages that are put back or buried: low on memory",
    ]);
  });

  it("says how long it lasted, and sends what has waited", async () => {
    const blocked = /** @type {any} */ (server.latest("sending"));
    isAlarmed = false;

    blocked.isDeaf = false;
    blocked.send("ConnectionUnblocked", {});

    await waitUntil(() =>
      lines().some((line) => /^The broker takes messages of this worker again after \d/.test(line)),
    );
    const count = () => blocked.methods.filter((/** @type {string} */ method) => method === "BasicPublish").length;
    await waitUntil(() => count() >= 3);
  });
});
