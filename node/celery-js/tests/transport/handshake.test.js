/** A connection carries no command before the server has accepted its whole handshake, and a handshake ends within its time. */
import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { afterEach, before, describe, it } from "node:test";
import { Celery } from "../../src/index.js";
import { RedisConnection } from "../../src/transport/redis/connection.js";
import { Dialer } from "../../src/transport/redis/dialer.js";
import { purgeQueues } from "../../src/transport/redis/purge.js";
import { parseRedisUrl } from "../../src/transport/redis/url.js";
import { startGate } from "../support/gate.js";
import { useServer } from "../support/used-server.js";
import { waitUntil } from "../support/wait.js";
import { startWorker } from "../support/worker.js";

const valkey = useServer();
/** @type {Array<() => void | Promise<void>>} */
const cleanups = [];

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

/** @param {string} url @param {Partial<import("../../src/transport/redis/connection.js").ConnectionOptions>} [options] */
function connect(url, options) {
  const connection = new RedisConnection({ address: parseRedisUrl(url), name: "test", ...options });
  cleanups.push(() => connection.close());
  return connection;
}

/** How long a client waits for what may change: far longer than a busy machine takes for an answer. */
const PATIENCE_S = 40;

/** @param {string} url */
function client(url) {
  const app = new Celery("test", { brokerUrl: url, resultBackend: url, taskPublishTimeout: PATIENCE_S });
  cleanups.push(() => app.close());
  return app;
}

const urlOf = (/** @type {string} */ rest) => `redis://${rest.replace("HOST", `127.0.0.1:${valkey.server.port}`)}`;

describe("a handshake that the server refuses", () => {
  before(async () => {
    await valkey.redis.call("ACL", "SETUSER", "tied", "on", ">pw", "~*", "&*", "+@all", "-select");
    await valkey.redis.call("ACL", "SETUSER", "mute", "on", ">pw", "~*", "&*", "+@all", "-client");
  });

  for (const [what, rest, reason] of /** @type {Array<[string, string, RegExp]>} */ ([
    [
      "a database that does not exist",
      "HOST/99",
      /HOST\/99 refuses the connection: SELECT 99: ERR DB index is out of range$/,
    ],
    ["a user who may not SELECT", "tied:pw@HOST/2", /refuses the connection: SELECT 2: NOPERM/],
    ["a wrong password", "tied:wrong@HOST/0", /refuses the connection: AUTH: WRONGPASS/],
    ["a user who does not exist", "nobody:wrong@HOST/0", /refuses the connection: AUTH: WRONGPASS/],
  ])) {
    it(`${what}: a client gets one clear error at once`, async () => {
      await valkey.redis.lpush("victim", "kept");
      const before = await valkey.redis.dbsize();
      const started = performance.now();

      const app = client(urlOf(rest));
      const sent = app.sendTask("add", [1, 2], { queue: "victim" });
      await assert.rejects(sent, (/** @type {Error} */ error) => {
        assert.equal(error.name, "OperationalError");
        assert.match(error.message.replace(`127.0.0.1:${valkey.server.port}`, "HOST"), reason);
        assert.doesNotMatch(error.message, /wrong|:pw/);
        return true;
      });
      await assert.rejects(app.AsyncResult("an-id").get({ timeout: PATIENCE_S }), /refuses the connection/);
      await assert.rejects(app.control.ping(), /refuses the connection/);
      await assert.rejects(app.events.receiver().start(), /refuses the connection/);
      await assert.rejects(purgeQueues(app.settings, ["victim"]), /refuses the connection/);

      assert.ok(performance.now() - started < (PATIENCE_S * 1000) / 2, "nobody waits for what will not change");
      assert.deepEqual(await valkey.redis.lrange("victim", 0, -1), ["kept"]);
      assert.equal(await valkey.redis.dbsize(), before);
      await valkey.redis.del("victim");
    });
  }

  it("ends a worker with the reason", async () => {
    await assert.rejects(startWorker(urlOf("HOST/99"), {}), /refuses the connection: SELECT 99: ERR DB index/);
    assert.equal(await valkey.redis.exists("_kombu.binding.q"), 0);
  });

  it("ends a worker whose result backend is the one that refuses", async () => {
    const settings = { resultBackend: urlOf("HOST/99") };
    await assert.rejects(startWorker(valkey.url, {}, { settings }), /refuses the connection: SELECT 99/);
  });

  it("may be about the connection's name, which is a warning", async () => {
    const connection = connect(urlOf("mute:pw@HOST/0"));
    await connection.ready(5_000);
    assert.match(connection.warnings.join(), /^CLIENT SETNAME: NOPERM/);
  });

  it("is not refused for an unneeded password, as in redis-py", async () => {
    await connect(urlOf(":unasked@HOST/0")).ready(5_000);
  });

  it("is tried again by a connection that was accepted before", async () => {
    await valkey.redis.call("ACL", "SETUSER", "late", "on", ">pw", "~*", "&*", "+@all");
    /** @type {string[]} */
    const outages = [];
    const onDown = (/** @type {Error} */ { message }) => void outages.push(message);
    const connection = connect(urlOf("late:pw@HOST/0"), { endsWhenRefused: true, onDown });
    await connection.ready(5_000);

    await valkey.redis.call("ACL", "SETUSER", "late", "off");
    await valkey.redis.call("CLIENT", "KILL", "USER", "late");
    await waitUntil(() => outages.some((reason) => /WRONGPASS|disabled/.test(reason)));
    await valkey.redis.call("ACL", "SETUSER", "late", "on");

    await connection.ready(5_000);
  });

  it("is waited for when it passes: the server has no room", async () => {
    const [, limit] = /** @type {string[]} */ (await valkey.redis.call("CONFIG", "GET", "maxclients"));
    await valkey.redis.call("CONFIG", "SET", "maxclients", "1");
    const connection = connect(valkey.url, { endsWhenRefused: true });
    try {
      // A server that closes a connection before it has read all of the handshake also takes back its answer.
      await assert.rejects(connection.ready(500), /within 0\.5 s: .*(max number of clients|ECONNRESET)/);
    } finally {
      await valkey.redis.call("CONFIG", "SET", "maxclients", limit);
    }
    await connection.ready(5_000);
  });
});

describe("a handshake that is never answered", () => {
  it("ends within its time, and is tried again", async () => {
    const gate = await startGate(valkey.server.port);
    cleanups.push(gate.close);
    gate.mode = "silent";
    /** @type {string[]} */
    const outages = [];
    const onDown = (/** @type {Error} */ { message }) => void outages.push(message);
    const connection = connect(gate.url(), { handshakeTimeoutMs: 200, onDown });
    connection.ready().catch(() => {});

    await waitUntil(() => gate.accepted() >= 3);
    assert.equal(outages[0], "no answer to the handshake within 0.2 s");

    gate.mode = "open";
    await connection.ready(5_000);
    assert.equal(await connection.client.ping(), "PONG");
  });

  it("ends within its time when TLS stays silent", async () => {
    const gate = await startGate(valkey.server.port);
    cleanups.push(gate.close);
    gate.mode = "silent";
    const connection = connect(`rediss://localhost:${gate.port}/0`, { handshakeTimeoutMs: 150 });
    await assert.rejects(connection.ready(2_000), /no answer to the handshake within 0\.15 s/);
    assert.ok(gate.accepted() >= 2);
  });

  it("goes to the host's next address the next time", async () => {
    // Two machines behind one name: the first accepts, and says nothing.
    const deaf = net.createServer((socket) => void socket.resume().on("error", () => {}));
    deaf.listen(valkey.server.port, "127.0.0.2");
    await once(deaf, "listening");
    const addresses = ["127.0.0.2", "127.0.0.1"].map((address) => ({ address, family: 4 }));
    const lookup = /** @type {typeof import("node:dns").lookup} */ (
      /** @type {unknown} */ (
        (/** @type {string} */ _host, /** @type {object} */ _options, /** @type {Function} */ done) =>
          done(null, addresses)
      )
    );
    const dialer = new Dialer({
      address: { host: "two.machines", port: valkey.server.port, db: 0 },
      name: "test",
      connectTimeoutMs: 1_000,
      handshakeTimeoutMs: 200,
      lookup,
    });

    assert.equal((await dialer.connect()).destroyed, true);
    const socket = await dialer.connect();

    assert.equal(socket.remoteAddress, "127.0.0.1");
    socket.destroy();
    deaf.close();
  });
});

describe("replies that do not belong to the commands", () => {
  for (const [what, fault] of /** @type {Array<[string, (gate: import("../support/gate.js").Gate) => void]>} */ ([
    ["one that nobody has asked for", (gate) => gate.say(":1\r\n")],
    ["a byte that is not a reply", (gate) => gate.say("?1\r\n")],
  ])) {
    it(`${what} ends the connection at once`, async () => {
      const gate = await startGate(valkey.server.port);
      cleanups.push(gate.close);
      const connection = connect(gate.url());
      await connection.ready(5_000);
      const closed = new Promise((resolve) => connection.client.once("close", resolve));

      fault(gate);

      await closed;
      await connection.ready(5_000);
      assert.equal(await connection.client.echo("mine"), "mine");
    });
  }

  it("a shift is noticed by an echo, whatever the commands are", async () => {
    const gate = await startGate(valkey.server.port);
    cleanups.push(gate.close);
    const connection = connect(gate.url(), { replyTimeoutMs: 300 });
    await connection.ready(5_000);
    // A reply too many, just before that of a command that waits for it.
    let isShifted = false;
    gate.alter((data) => {
      if (isShifted) return data;
      isShifted = true;
      return Buffer.concat([Buffer.from(":7\r\n"), data]);
    });
    const closed = new Promise((resolve) => connection.client.once("close", resolve));
    assert.equal(await connection.client.incr("counter"), 7, "no client notices this one");

    await closed;
    assert.match(String(connection.outage), /out of step|Command queue state/);
    await connection.ready(5_000);
    assert.equal(await connection.client.echo("mine"), "mine");
  });
});
