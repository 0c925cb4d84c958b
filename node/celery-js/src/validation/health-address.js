/** Where a worker answers health checks: a port, a host and a port, or a Unix socket. */

const DEFAULT_HOST = "127.0.0.1";
const HOST_AND_PORT = /^(?:(\[[^\]]+\]|[^:/\s]+):)?(\d{1,5})$/;

/** @typedef {{ host: string, port: number } | { path: string }} HealthAddress as `net.Server.listen` takes it */

/**
 * @param {unknown} value a port (of 127.0.0.1; 0 = any that is free), "host:port", or the absolute path of a socket
 * @returns {HealthAddress | null} null when it is none of these
 */
export function parseHealthAddress(value) {
  if (typeof value === "string" && value.startsWith("/")) return { path: value };
  const match = typeof value === "string" || typeof value === "number" ? HOST_AND_PORT.exec(String(value)) : null;
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) return null;
  return { host: match[1]?.replace(/^\[|\]$/g, "") ?? DEFAULT_HOST, port };
}

/**
 * @param {HealthAddress} address
 * @returns {string} as a person reads it, and as `curl` takes it
 */
export function showHealthAddress(address) {
  if ("path" in address) return `unix:${address.path}`;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return `http://${host}:${address.port}`;
}

/**
 * @param {HealthAddress} address
 * @param {string} reason
 * @returns {string} the error of a worker that cannot listen there
 */
export const cannotListen = (address, reason) =>
  `workerHealthAddress: cannot listen on ${showHealthAddress(address)}: ${reason}. Choose another address: each worker needs its own`;
