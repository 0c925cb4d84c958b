/**
 * Asks the worker of this machine whether it consumes its queues; the container's health check.
 *
 * A living process is not enough: a worker that has lost its broker, or whose event loop is blocked, is not well. It answers
 * on `JOBS_JS_HEALTH_ADDRESS`, from a thread of its own.
 */
import { request } from "node:http";
import { VARIABLES } from "./config.js";
import { ConfigError, checkNodeVersion, exitWith, readVariables } from "./environment.js";

const ANSWERS_WITHIN_MS = 5_000;

/** Ends with exit code 1 and the reasons when the worker is not ready. */
function main() {
  checkNodeVersion();
  const address = readVariables(VARIABLES, process.env).JOBS_JS_HEALTH_ADDRESS;
  if (address === "") throw new ConfigError("JOBS_JS_HEALTH_ADDRESS is not set: the worker answers no health checks");
  const [, host = "127.0.0.1", port] = /^(?:(.+):)?(\d+)$/.exec(address) ?? [];
  const where = address.startsWith("/") ? { socketPath: address } : { host, port };
  const asking = request({ ...where, path: "/readyz", timeout: ANSWERS_WITHIN_MS });
  asking.on("timeout", () => asking.destroy(new ConfigError(`no answer within ${ANSWERS_WITHIN_MS / 1000} s`)));
  asking.on("error", ({ message }) =>
    exitWith(new ConfigError(`the worker does not answer on ${address}: ${message}`)),
  );
  asking.on("response", async (response) => {
    const body = (await response.toArray()).join("");
    if (response.statusCode !== 200) exitWith(new ConfigError(`the worker is not ready: ${body.trim()}`));
  });
  asking.end();
}

try {
  main();
} catch (error) {
  exitWith(error);
}
