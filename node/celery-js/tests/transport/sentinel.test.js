/** Every new connection asks the sentinels for the primary: which answer counts, and the error when there is none. */
import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { afterEach, describe, it } from "node:test";
import { RedisConnection } from "../../src/transport/redis/connection.js";
import { replyAt } from "../../src/transport/redis/resp.js";
import { parseRedisUrl } from "../../src/transport/redis/url.js";
import { hidePassword } from "../../src/transport/transport.js";
import { useServer } from "../support/used-server.js";

const valkey = useServer();
/** @type {Array<() => void>} */
const cleanups = [];

afterEach(() => {
  for (const clean of cleanups.splice(0).reverse()) clean();
});

/** @param {Record<string, string>} changed @returns {string} the reply of a sentinel that watches the test's server */
function watching(changed = {}) {
  const state = {
    name: "main",
    ip: "127.0.0.1",
    port: String(valkey.server.port),
    flags: "master",
    "num-other-sentinels": "2",
    "config-epoch": "1",
    ...changed,
  };
  const words = Object.entries(state).flat();
  return `*1\r\n*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`;
}

/**
 * A stand-in, because a real sentinel can't be made to give these answers.
 *
 * @param {string} reply to `SENTINEL MASTERS`
 * @returns {Promise<number>} its port
 */
async function sentinel(reply) {
  const server = net.createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (data) => socket.write(String(data).includes("SENTINEL") ? reply : "+OK\r\n+PONG\r\n"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => server.close());
  return /** @type {net.AddressInfo} */ (server.address()).port;
}

/**
 * @param {number[]} ports
 * @param {string} [parameters]
 */
function connect(ports, parameters = "") {
  const url = `${ports.map((port) => `sentinel://127.0.0.1:${port}/0`).join(";")}?master_name=main${parameters}`;
  const connection = new RedisConnection({ address: parseRedisUrl(url), name: "test", endsWhenRefused: true });
  cleanups.push(() => connection.close());
  return connection;
}

describe("the answers of sentinels", () => {
  it("lead to the primary, although one sentinel is away", async () => {
    const connection = connect([1, await sentinel(watching())]);
    await connection.ready(5_000);
    assert.equal(await connection.client.ping(), "PONG");
  });

  it("count by their election: an old one is passed over", async () => {
    const old = await sentinel(watching({ port: "1", "config-epoch": "3" }));
    await connect([old, await sentinel(watching({ "config-epoch": "4" }))]).ready(5_000);
  });

  for (const [what, reply, parameters, expected] of /** @type {Array<[string, () => string, string, RegExp]>} */ ([
    ["no such name", () => watching({ name: "other" }), "", /master_name='main' is not known; it watches 'other'/],
    ["a primary that is down", () => watching({ flags: "s_down,master" }), "", /is down, and no other one is elected/],
    ["too few others", watching, "&min_other_sentinels=3", /it sees 2 other sentinels, and min_other_sentinels is 3/],
    ["a refusal", () => "-NOPERM no\r\n", "", /sentinel 127\.0\.0\.1:\d+: NOPERM no/],
    ["a server that is no sentinel", () => "-ERR unknown command 'SENTINEL'\r\n", "", /unknown command 'SENTINEL'/],
    ["something else", () => "HTTP/1.1 400\r\n", "", /does not speak the Redis protocol/],
  ])) {
    it(`end in one line that says so: ${what}`, async () => {
      const connection = connect([await sentinel(reply())], parameters);
      await assert.rejects(connection.ready(700), expected);
    });
  }

  it("name all sentinels when none answers", async () => {
    await assert.rejects(connect([1, 2]).ready(500), /no sentinel answers: .*127\.0\.0\.1:1: .*; .*127\.0\.0\.1:2: /);
  });

  it("never lead to a replica", async () => {
    await valkey.redis.call("REPLICAOF", "127.0.0.1", "1");
    await valkey.redis.call("CONFIG", "SET", "replica-serve-stale-data", "yes");
    try {
      const connection = connect([await sentinel(watching())]);
      await assert.rejects(connection.ready(700), /is not a primary/);
    } finally {
      await valkey.redis.call("REPLICAOF", "NO", "ONE");
    }
  });
});

describe("a URL of sentinels", () => {
  it("has user and database of the first, and parameters of all", () => {
    const url =
      "sentinel://me:pw@a:1/3;sentinel://b/3?master_name=main&sentinel_password=spw&min_other_sentinels=1&ssl=true" +
      "&socket_timeout=2";
    const { display: _, ...address } = parseRedisUrl(url);
    assert.deepEqual(address, {
      db: 3,
      replyTimeoutMs: 2_000,
      username: "me",
      password: "pw",
      tls: {},
      sentinel: {
        nodes: [
          { host: "a", port: 1 },
          { host: "b", port: 26379 },
        ],
        masterName: "main",
        minOtherSentinels: 1,
        timeoutMs: 1_000,
        password: "spw",
      },
    });
  });

  it("leaves the rest to Celery's transport options", () => {
    const options = { masterName: "main", minOtherSentinels: 2, sentinelKwargs: { password: "spw", socketTimeout: 2 } };
    const { sentinel } = parseRedisUrl("sentinel://a:1/0", { options });
    assert.deepEqual(sentinel, {
      nodes: [{ host: "a", port: 1 }],
      masterName: "main",
      minOtherSentinels: 2,
      timeoutMs: 2_000,
      password: "spw",
    });
  });

  it("never shows its passwords", () => {
    const url = "sentinel://:s3cret@a:1/0;sentinel://:s3cret@b:2/0?master_name=main&sentinel_password=s3cret";
    assert.equal(hidePassword(url), "sentinel://:**@a:1/0;sentinel://:**@b:2/0?master_name=main&sentinel_password=**");
  });
});

describe("a reply", () => {
  it("is read once it is complete", () => {
    const text = "*3\r\n$6\r\nmaster\r\n:12\r\n*1\r\n$-1\r\n";
    for (let end = 0; end < text.length; end++) assert.equal(replyAt(text.slice(0, end), 0), null);
    assert.deepEqual(replyAt(text, 0), { reply: ["master", 12, [null]], end: text.length });
  });
});
