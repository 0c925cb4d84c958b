/** Answers requests that do not arrive in time, or are not HTTP, and ends their connections. */
import { STATUS_CODES } from "node:http";

/** For clients that do not read the answer. */
const ENDS_WITHIN_MS = 1000;
const SLOW = { status: 408, error: { code: "too-slow", message: "The request did not arrive in time" } };
const UNREADABLE = { status: 400, error: { code: "not-http", message: "This is not an HTTP request" } };

/**
 * Node no longer watches a connection after its timeout, so a client could keep it open.
 *
 * @param {Error & { code?: string }} reason
 * @param {import("node:net").Socket} socket
 * @param {Record<string, unknown>} headers of every answer: Fastify does not send this one
 */
export function refuse({ code }, socket, headers) {
  if (code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const { status, error } = code === "ERR_HTTP_REQUEST_TIMEOUT" ? SLOW : UNREADABLE;
  const body = JSON.stringify({ error });
  const own = { "content-type": "application/json", "content-length": Buffer.byteLength(body), connection: "close" };
  const lines = Object.entries({ ...headers, ...own }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`, () => socket.destroy());
  setTimeout(() => socket.destroy(), ENDS_WITHIN_MS).unref();
}
