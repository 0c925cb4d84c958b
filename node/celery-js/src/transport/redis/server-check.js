/** What a server must be before a worker trusts it with messages. */
import { ImproperlyConfigured } from "../../errors.js";

/**
 * @param {import("./connection.js").RedisConnection} connection ready
 * @returns {Promise<string[]>} warnings to log
 * @throws {ImproperlyConfigured} when the server may drop what it was given, or spreads keys over a cluster
 */
export async function checkServer(connection) {
  const info = parseInfo(await connection.client.info());
  const policy = info.get("maxmemory_policy");
  if (policy !== undefined && policy !== "noeviction") {
    throw new ImproperlyConfigured(
      `${connection.display} has maxmemory-policy ${policy}: it may evict unacknowledged tasks; set maxmemory-policy noeviction`,
    );
  }
  if (info.get("cluster_enabled") === "1") {
    throw new ImproperlyConfigured(
      `${connection.display} is a Redis Cluster, which Celery's keys cannot be spread over`,
    );
  }
  return info.get("aof_enabled") === "0"
    ? [`${connection.display} keeps no append-only file: tasks are lost when it restarts; set appendonly yes`]
    : [];
}

/** @param {string} text the reply of INFO */
function parseInfo(text) {
  const pairs = text.split("\r\n").filter((line) => line.includes(":"));
  return new Map(pairs.map((line) => /** @type {[string, string]} */ (line.split(/:(.*)/s).slice(0, 2))));
}
