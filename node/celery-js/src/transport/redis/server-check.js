/** Checks whether a server's configuration is safe for messages. */
import { ImproperlyConfigured } from "../../errors.js";
import { isForbidden } from "./replies.js";

/**
 * @param {import("./connection.js").RedisConnection} connection ready
 * @returns {Promise<string[]>} warnings to log, also about checks that this user may not run
 * @throws {ImproperlyConfigured} when the server may drop what it was given, or spreads keys over a cluster
 */
export async function checkServer(connection) {
  const { display } = connection;
  const unnamed = connection.warnings.map((warning) => `${display} refuses the names of our connections: ${warning}`);
  try {
    const info = parseInfo(await connection.client.info());
    return [...unnamed, ...checkInfo(display, info), ...checkReplicas(connection, info)];
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return [
      ...unnamed,
      `${display} cannot be checked for maxmemory-policy, cluster and append-only file: ${error.message}`,
    ];
  }
}

/**
 * @param {string} display
 * @param {Map<string, string>} info
 * @returns {string[]} warnings
 */
function checkInfo(display, info) {
  const policy = info.get("maxmemory_policy");
  if (policy !== undefined && policy !== "noeviction") {
    throw new ImproperlyConfigured(
      `${display} has maxmemory-policy ${policy}: it may evict unacknowledged tasks; set maxmemory-policy noeviction`,
    );
  }
  if (info.get("cluster_enabled") === "1") {
    throw new ImproperlyConfigured(`${display} is a Redis Cluster, which Celery's keys cannot be spread over`);
  }
  return info.get("aof_enabled") === "0"
    ? [`${display} keeps no append-only file: tasks are lost when it restarts; set appendonly yes`]
    : [];
}

/**
 * @param {import("./connection.js").RedisConnection} connection
 * @param {Map<string, string>} info
 * @returns {string[]} warnings
 */
function checkReplicas({ display, isBehindSentinels }, info) {
  // The server counts these replicas only if the setting is on. INFO shows it to a user who may not read settings.
  if (!isBehindSentinels || info.has("min_slaves_good_slaves")) return [];
  return [
    `${display}: a failover may lose confirmed tasks: the primary confirms tasks before a replica has them; ` +
      "set min-replicas-to-write 1 and min-replicas-max-lag 10 on every server",
  ];
}

/** @param {string} text the reply of INFO */
function parseInfo(text) {
  const pairs = text.split("\r\n").filter((line) => line.includes(":"));
  return new Map(pairs.map((line) => /** @type {[string, string]} */ (line.split(/:(.*)/s).slice(0, 2))));
}
