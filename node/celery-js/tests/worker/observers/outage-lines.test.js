/** The lines of a worker in an outage: a few, with the true reason, and what they cost the valkey.server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Celery } from "../../../src/index.js";
import { startGate } from "../../support/gate.js";
import { freePort } from "../../support/server.js";
import { useServer } from "../../support/used-server.js";
import { waitUntil } from "../../support/wait.js";
import { startWorker } from "../../support/worker.js";

const valkey = useServer();

/** How many connections the server has accepted. */
const connections = async () => Number(/total_connections_received:(\d+)/.exec(await valkey.redis.info("stats"))?.[1]);

test("a temporary replica causes few lines and connections", async () => {
  let open = () => {};
  const gate = new Promise((resolve) => {
    open = () => resolve(null);
  });
  const options = { concurrency: 1 };
  const settings = { workerPrefetchMultiplier: 1 };
  const { app, lines, stop } = await startWorker(valkey.url, { gate: () => gate }, { options, settings });
  const client = new Celery("client", { brokerUrl: valkey.url, resultBackend: valkey.url, taskPublishTimeout: 4 });
  const results = await Promise.all([1, 2, 3].map(() => app.sendTask("gate")));
  await waitUntil(() => lines.some(({ msg }) => msg.includes("received")));
  const [before, linesBefore] = [await connections(), lines.length];
  const since = () => lines.slice(linesBefore).filter(({ level }) => level !== "debug" && level !== "info");

  await valkey.redis.call("REPLICAOF", "127.0.0.1", String(await freePort()));
  open();
  await waitUntil(() => since().some(({ msg }) => msg.includes("READONLY")));
  await assert.rejects(client.sendTask("gate"), /did not accept the command within 4 s: READONLY/);
  const during = since().map(({ msg }) => msg);
  assert.ok(during.length <= 3, during.join("\n"));
  for (const line of during) assert.match(line, /READONLY/);
  assert.ok((await connections()) - before < 80, "several connections, each of which waits longer and longer");

  await valkey.redis.call("REPLICAOF", "NO", "ONE");
  for (const result of results) assert.equal(await result.get({ timeout: 10 }), null);
  const hasEnded = () => lines.some(({ msg }) => /^(Connected to .*|.* again) after \d+\.\d s$/.test(msg));
  await waitUntil(hasEnded);
  await client.close();
  await stop();
});

test("a password set meanwhile is logged as the reason", async () => {
  const { lines, stop } = await startWorker(valkey.url, {});
  await valkey.redis.call("CONFIG", "SET", "requirepass", "new");
  await valkey.redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");

  await waitUntil(() => lines.some(({ msg }) => msg.startsWith("Cannot connect")));
  await delay(1_000); // several attempts
  const said = lines.filter(({ msg }) => msg.startsWith("Cannot connect")).map(({ msg }) => msg);
  assert.equal(said.length, 1);
  assert.match(said[0], /NOAUTH Authentication required/);

  await valkey.redis.call("CONFIG", "SET", "requirepass", "");
  await waitUntil(() => lines.some(({ msg }) => /^Connected to/.test(msg)));
  await stop();
});

test("all connections together log one outage in two lines", async () => {
  const gate = await startGate(valkey.server.port);
  const { lines, stop } = await startWorker(gate.url(), {}, { settings: { leaseS: 4 } });
  const [tasks, keeper] = ["tasks", "leases"].map((name) => async () => {
    const list = String(await valkey.redis.client("LIST"));
    return Number(new RegExp(`id=(\\d+) .* name=\\S+:${name} `).exec(list)?.[1]);
  });
  await waitUntil(async () => (await keeper()) > 0);
  const [before, from] = [[await tasks(), await keeper()], lines.length];

  // The next reply on each connection, whenever it comes, is one that nobody has asked for.
  const whole = new Set(Array.from({ length: gate.accepted() }, (_, i) => i + 1));
  gate.alter((data, connection) => {
    if (!whole.delete(connection)) return data;
    return Buffer.concat([Buffer.from(":1\r\n"), data]);
  });

  await waitUntil(async () => (await tasks()) !== before[0] && (await keeper()) !== before[1]);
  await waitUntil(() => lines.slice(from).some(({ msg }) => msg.startsWith("Connected to")));
  await delay(2_000); // several sweeps
  const said = lines.slice(from).filter(({ msg }) => !/mingle|Remote control/.test(msg));
  assert.equal(said.length, 2, JSON.stringify(said));
  assert.match(said[0].msg, /^Cannot connect to .*: (the replies are out of step|Command queue state)/);
  assert.match(said[1].msg, /^Connected to .* after \d+\.\d s$/);
  await stop();
  await gate.close();
});
