/**
 * What error replies mean. The texts are those of the servers: Redis 6.2 puts an error inside a script behind the script's place
 * (`luaPushError` and the handler of errors in its scripting.c), Redis 7 and Valkey 8 put it first.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { RedisConnection } from "../../src/transport/redis/connection.js";
import { isOfLonePrimary, isOfReplica, isPassing, scopeOf } from "../../src/transport/redis/replies.js";
import { parseRedisUrl } from "../../src/transport/redis/url.js";
import { startGate } from "../support/gate.js";
import { startServer } from "../support/server.js";

const SHA = "4e6d8fc8bb01276962cce5371fa795a7763657ae";
const REPLICA = "READONLY You can't write against a read only replica.";
const FULL = "OOM command not allowed when used memory > 'maxmemory'.";
const DISK = "MISCONF Redis is configured to save RDB snapshots, but it is currently not able to persist on disk.";
const ALONE = "NOREPLICAS Not enough good replicas to write.";

/** The forms in which a server reports an error of a command, and of a command inside a script. */
const FORMS = /** @type {Array<[string, (error: string) => string]>} */ ([
  ["a command", (error) => error],
  // The line break of the server's own text becomes two spaces.
  [
    "Redis 6.2",
    (error) => `ERR Error running script (call to f_${SHA}): @user_script:12: @user_script: 12: -${error}  `,
  ],
  ["a reply in Redis 6.2", (error) => `ERR Error running script (call to f_${SHA}): @user_script:12: ${error}`],
  ["Redis 7", (error) => `${error} script: ${SHA}, on @user_script:12.`],
]);

for (const [form, wrap] of FORMS) {
  describe(`an error as in ${form}`, () => {
    for (const error of [REPLICA, FULL, DISK, ALONE, "LOADING Redis is loading the dataset in memory"]) {
      it(`${error.split(" ")[0]} passes`, () => {
        assert.ok(isPassing(wrap(error)));
        assert.equal(scopeOf(wrap(error)), "server");
      });
    }
    it("shows a replica, and a primary without replicas", () => {
      assert.ok(isOfReplica(wrap(REPLICA)));
      assert.ok(!isOfReplica(wrap(ALONE)));
      assert.ok(isOfLonePrimary(wrap(ALONE)));
    });
    it("shows whose fault it is", () => {
      assert.equal(scopeOf(wrap("WRONGTYPE Operation against a key holding the wrong kind of value")), "item");
      assert.equal(scopeOf(wrap("ERR value is not an integer or out of range")), "command");
    });
  });
}

it("a right that Redis 6.2 misses inside a script is the user's", () => {
  const denied = "The user executing the script can't run this command or subcommand";
  assert.equal(
    scopeOf(`ERR Error running script (call to f_${SHA}): @user_script:1: @user_script: 1: ${denied}`),
    "user",
  );
});

it("a script that a demoted server of Redis 6.2 refuses drops the connection", { timeout: 10_000 }, async () => {
  const server = await startServer();
  const gate = await startGate(server.port);
  const connection = new RedisConnection({ address: parseRedisUrl(gate.url()), name: "test" });
  try {
    await connection.ready();
    const isLost = once(connection.client, "close");
    gate.alter(() => Buffer.from(`-${FORMS[1][1](REPLICA)}\r\n`));

    await assert.rejects(connection.client.get("key"));

    await isLost;
    assert.match(connection.outage ?? "", /READONLY/);
  } finally {
    connection.close();
    await gate.close();
    await server.stop();
  }
});
