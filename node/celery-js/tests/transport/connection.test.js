import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import tls from "node:tls";
import { Celery } from "../../src/index.js";
import { RedisConnection } from "../../src/transport/redis/connection.js";
import { checkServer } from "../../src/transport/redis/server-check.js";
import { parseRedisUrl } from "../../src/transport/redis/url.js";
import { blockFor } from "../support/blocking.js";
import { selfSigned } from "../support/certificate.js";
import { startLoadingServer } from "../support/loading-server.js";
import { freePort, startServer } from "../support/server.js";
import { inspector } from "../support/transport.js";
import { startWorker } from "../support/worker.js";

const tasks = { add: (/** @type {number} */ x, /** @type {number} */ y) => x + y };

/** @param {string} url @param {Record<string, unknown>} [settings] @returns {Promise<unknown>} 1 + 2, worked out over that URL */
async function addOver(url, settings) {
  const running = await startWorker(url, tasks, { settings });
  try {
    return await (await running.app.sendTask("add", [1, 2])).get({ timeout: 5 });
  } finally {
    await running.stop();
  }
}

describe("ways to reach a server", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  let folder = "";

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "celery-js-connection-"));
    server = await startServer({ args: ["--unixsocket", join(folder, "valkey.sock")] });
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  it("a worker and a client share a Unix socket and a database", async () => {
    const url = `redis+socket://${join(folder, "valkey.sock")}?virtual_host=3`;
    assert.equal(await addOver(url), 3);
  });

  it("a separate database keeps an app's messages apart", async () => {
    assert.equal(await addOver(`redis://127.0.0.1:${server.port}/5`), 3);
    const redis = inspector(server.url);
    assert.equal(await redis.exists("_kombu.binding.q"), 0);
    redis.disconnect();
  });

  it("a global key prefix is before every key that is left behind", async () => {
    const options = { globalKeyprefix: "shop:" };
    const settings = { brokerTransportOptions: options, resultBackendTransportOptions: options };
    assert.equal(await addOver(`redis://127.0.0.1:${server.port}/6`, settings), 3);
    const redis = inspector(`redis://127.0.0.1:${server.port}/6`);
    const keys = await redis.keys("*");
    redis.disconnect();
    assert.ok(keys.length > 0);
    assert.deepEqual(
      keys.filter((key) => !key.startsWith("shop:")),
      [],
    );
  });

  it("a user name and a password are given to the server", async () => {
    const redis = inspector(server.url);
    await redis.call("ACL", "SETUSER", "team", "on", ">p@ss", "~*", "&*", "+@all");
    redis.disconnect();
    assert.equal(await addOver(`redis://team:p%40ss@127.0.0.1:${server.port}/7`), 3);
  });

  it("a wrong password is one clear error, which does not show it", async () => {
    const url = `redis://team:wrong-secret@127.0.0.1:${server.port}/0`;
    const app = new Celery("test", { brokerUrl: url, resultBackend: url, taskPublishTimeout: 1 });
    await assert.rejects(app.sendTask("add", [1, 2]), (/** @type {Error} */ error) => {
      assert.match(error.message, /WRONGPASS/);
      assert.doesNotMatch(error.message, /wrong-secret/);
      return error.name === "OperationalError";
    });
    await app.close();
  });
});

describe("rediss://", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {tls.Server} */
  let gate;
  let folder = "";
  let port = 0;

  before(async () => {
    server = await startServer();
    folder = mkdtempSync(join(tmpdir(), "celery-js-tls-"));
    const pair = selfSigned("localhost");
    writeFileSync(join(folder, "ca.pem"), pair.cert);
    gate = tls.createServer(pair, (secure) => {
      const plain = net.connect(server.port, "127.0.0.1");
      secure.pipe(plain).pipe(secure);
      for (const socket of [secure, plain]) socket.on("error", () => secure.destroy());
    });
    gate.listen(0, "127.0.0.1");
    await once(gate, "listening");
    ({ port } = /** @type {net.AddressInfo} */ (gate.address()));
  });
  after(async () => {
    gate.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  });
  const refusal = async (/** @type {string} */ url) => {
    const connection = new RedisConnection({ address: parseRedisUrl(url), name: "test" });
    const error = await connection.ready(700).then(
      () => assert.fail("connected"),
      (/** @type {Error} */ reason) => reason,
    );
    connection.close();
    return error;
  };

  it("trusts the certificate authority in ssl_ca_certs", async () => {
    assert.equal(await addOver(`rediss://localhost:${port}/0?ssl_ca_certs=${join(folder, "ca.pem")}`), 3);
  });

  it("refuses a certificate that no known authority has signed", async () => {
    assert.match((await refusal(`rediss://localhost:${port}/0`)).message, /self-signed|unable to verify/);
  });

  it("refuses a certificate for another host", async () => {
    const url = `rediss://127.0.0.1:${port}/0?ssl_ca_certs=${join(folder, "ca.pem")}`;
    assert.match((await refusal(url)).message, /altnames/);
  });

  it("refuses a server that speaks plaintext", async () => {
    // The real one waits for more of what it takes for a command; one that answers is recognised at once.
    assert.match((await refusal(`rediss://localhost:${server.port}/0`)).message, /within 0\.7 s: no answer/);
    const talkative = net
      .createServer((socket) => socket.once("data", () => socket.write("+OK\r\n")))
      .listen(0, "127.0.0.1");
    await once(talkative, "listening");
    const { port } = /** @type {net.AddressInfo} */ (talkative.address());
    assert.match((await refusal(`rediss://localhost:${port}/0`)).message, /wrong version number/);
    talkative.close();
  });
});

describe("a server that could lose messages", () => {
  for (const [what, args, message] of /** @type {Array<[string, string[], RegExp]>} */ ([
    ["may evict keys", ["--maxmemory-policy", "allkeys-lru"], /maxmemory-policy allkeys-lru: it may evict/],
    ["is a cluster", ["--cluster-enabled", "yes"], /is a Redis Cluster/],
  ])) {
    it(`is refused when it ${what}`, async () => {
      const server = await startServer({ args });
      try {
        await assert.rejects(startWorker(server.url, tasks), { name: "ImproperlyConfigured", message });
      } finally {
        await server.stop();
      }
    });
  }

  it("is warned of when it keeps no append-only file", async () => {
    const server = await startServer({ args: ["--appendonly", "no"] });
    const connection = new RedisConnection({ address: parseRedisUrl(server.url), name: "test" });
    await connection.ready(5_000);
    assert.match((await checkServer(connection))[0], /no append-only file/);
    connection.close();
    await server.stop();
  });
});

describe("a connection", () => {
  it("reports a missing server in time and connects to it later", async () => {
    const port = await freePort();
    const connection = new RedisConnection({
      address: parseRedisUrl(`redis://:secret@127.0.0.1:${port}/0`),
      name: "test",
    });
    await assert.rejects(connection.ready(300), (/** @type {Error} */ error) => {
      assert.match(
        error.message,
        /cannot reach redis:\/\/:\*\*@127\.0\.0\.1:\d+\/0 within 0\.3 s: connect ECONNREFUSED/,
      );
      return true;
    });
    const server = await startServer({ port, args: ["--requirepass", "secret"] });
    await connection.ready(10_000);
    connection.close();
    await server.stop();
  });

  it("breaks when the server leaves a command unanswered", async () => {
    const server = await startServer();
    const connection = new RedisConnection({ address: parseRedisUrl(server.url), name: "test", replyTimeoutMs: 200 });
    await connection.ready();
    await server.pause();
    await assert.rejects(connection.client.ping());
    await server.resume();
    await connection.ready(5_000);
    connection.close();
    await server.stop();
  });

  it("is reopened when its server has become a replica", async () => {
    const server = await startServer();
    const connection = new RedisConnection({ address: parseRedisUrl(server.url), name: "test" });
    await connection.ready();
    await connection.client.call("REPLICAOF", "127.0.0.1", String(await freePort()));
    const closed = once(connection.client, "close");
    await assert.rejects(connection.client.set("a", "b"), /READONLY/);
    await closed;
    await connection.ready(5_000);
    connection.close();
    await server.stop();
  });

  it("soon retries a server that is loading its data", async () => {
    const server = await startLoadingServer(3);
    const connection = new RedisConnection({ address: parseRedisUrl(server.url), name: "test" });
    await connection.ready(5_000);
    assert.equal(server.looks(), 4);
    connection.close();
    server.close();
  });

  it("does not mistake a blocked event loop for a silent server", async () => {
    const server = await startServer();
    const connection = new RedisConnection({ address: parseRedisUrl(server.url), name: "test", replyTimeoutMs: 150 });
    await connection.ready();
    const pong = connection.client.ping();
    await new Promise((resolve) => setImmediate(resolve));
    blockFor(900);
    assert.equal(await pong, "PONG");
    assert.equal(connection.client.isReady, true);
    connection.close();
    await server.stop();
  });
});
