/** Commands of senders and result stores: each ends within its time. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ClientConnection } from "../../src/transport/redis/client-connection.js";
import { parseRedisUrl } from "../../src/transport/redis/url.js";
import { blockFor } from "../support/blocking.js";
import { startServer } from "../support/server.js";

const TIMEOUT_MS = 300;

describe("a command at its timeout", () => {
  it("succeeds if its reply came while the event loop was blocked", async () => {
    const server = await startServer();
    const address = parseRedisUrl(server.url);
    const connection = new ClientConnection({ address, name: "test", timeoutMs: TIMEOUT_MS });
    await connection.run((client) => client.ping());

    const answer = connection.run((client) => client.ping());
    await new Promise((resolve) => setImmediate(resolve)); // it is sent
    blockFor(3 * TIMEOUT_MS);

    assert.equal(await answer, "PONG");
    connection.close();
    await server.stop();
  });

  it("fails without a reply, even if the event loop is busy", async () => {
    const server = await startServer();
    const address = parseRedisUrl(server.url);
    const connection = new ClientConnection({ address, name: "test", timeoutMs: TIMEOUT_MS });
    await connection.run((client) => client.ping());
    await server.pause();

    const answer = connection.run((client) => client.ping());
    blockFor(3 * TIMEOUT_MS);

    await assert.rejects(answer, { name: "OperationalError", message: /within 0\.3 s: no answer$/ });
    connection.close();
    await server.resume();
    await server.stop();
  });
});
