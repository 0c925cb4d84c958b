/**
 * Answers `GET /livez` and `GET /readyz`, for health checks of containers: 200 when all is well, 503 when not, with a small
 * JSON body that says why; and `GET /metrics`. It runs in a side thread, so that a worker whose event loop is blocked
 * answers as well.
 */
import { once } from "node:events";
import { unlink } from "node:fs/promises";
import { createServer } from "node:http";
import { connect } from "node:net";

/** A health check is one short request. */
const REQUEST_TIMEOUT_MS = 5_000;

/**
 * @typedef {{ ok: boolean, [fact: string]: unknown }} Answer
 * @typedef {{ contentType: string, text: string }} Text
 * @typedef {Record<string, () => Answer | Promise<Text>>} Questions by path
 *
 * @param {object} options
 * @param {import("../validation/health-address.js").HealthAddress} options.address port 0 = any that is free
 * @param {Questions} options.questions
 * @returns {Promise<import("../validation/health-address.js").HealthAddress>} where it listens
 * @throws {Error} when it cannot listen there
 */
export async function serveHealth({ address, questions }) {
  const server = createServer((request, response) => {
    answer(request, response, questions).catch((error) => {
      if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain", connection: "close" });
      response.end(`${error}\n`);
    });
  });
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = REQUEST_TIMEOUT_MS;
  if ("path" in address) await removeStaleSocket(address.path);
  server.listen(address);
  await once(server, "listening");
  const bound = server.address();
  return typeof bound === "object" && bound !== null ? { ...address, port: bound.port } : address;
}

/**
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 * @param {Questions} questions
 */
async function answer(request, response, questions) {
  const path = (request.url ?? "").split("?", 1)[0];
  const question = Object.hasOwn(questions, path) ? questions[path] : null;
  const isRead = request.method === "GET" || request.method === "HEAD";
  const found = question === null ? { ok: false, known: Object.keys(questions) } : await question();
  const isWell = "ok" in found ? found.ok : true;
  const status = question === null ? 404 : isRead ? (isWell ? 200 : 503) : 405;
  response.writeHead(status, {
    "content-type": "ok" in found ? "application/json" : found.contentType,
    "cache-control": "no-store",
    connection: "close",
  });
  response.end("ok" in found ? `${JSON.stringify(found)}\n` : found.text);
}

/** Removes the socket of a killed worker; a socket with a listener is left. @param {string} path */
async function removeStaleSocket(path) {
  const probe = connect(path);
  try {
    await once(probe, "connect");
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ECONNREFUSED") await unlink(path);
  } finally {
    probe.destroy();
  }
}
