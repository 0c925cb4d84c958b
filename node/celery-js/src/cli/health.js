/** `celery-js health`: asks the worker of this machine whether it consumes its queues. For the health check of a container. */
import { request } from "node:http";
import { parseHealthAddress, showHealthAddress } from "../validation/health-address.js";
import { CommandError } from "./command.js";
import { loadSettings } from "./module.js";

/** A worker answers from a separate thread, so one that does not answer in this time is not ready. */
const ANSWERS_WITHIN_MS = 5_000;

/** @type {import("./command.js").Command} */
export const HEALTH = {
  summary:
    "Ask the worker of this machine whether it consumes its queues.\n\n" +
    "It asks /readyz at the app's workerHealthAddress, and ends with 0 when the worker is ready.",
  run: async ({ values, terminal }) => {
    const { settings } = await loadSettings(values);
    const address = parseHealthAddress(settings.workerHealthAddress);
    if (address === null) {
      throw new CommandError("workerHealthAddress is not set: the worker answers no health checks.");
    }
    const { status, body } = await readiness(address);
    if (status !== 200) throw new CommandError(`The worker is not ready: ${body}`);
    return terminal.print("ready");
  },
};

/**
 * @param {import("../validation/health-address.js").HealthAddress} address
 * @returns {Promise<{ status: number | undefined, body: string }>}
 * @throws {CommandError} when nothing answers there
 */
async function readiness(address) {
  const where = "path" in address ? { socketPath: address.path } : address;
  try {
    return await new Promise((resolve, reject) => {
      const asking = request({ ...where, path: "/readyz", timeout: ANSWERS_WITHIN_MS });
      asking.on("timeout", () => asking.destroy(new Error(`no answer within ${ANSWERS_WITHIN_MS / 1000} s`)));
      asking.on("error", reject);
      asking.on("response", async (response) => {
        const body = (await response.toArray()).join("").trim();
        resolve({ status: response.statusCode, body });
      });
      asking.end();
    });
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    throw new CommandError(`The worker does not answer on ${showHealthAddress(address)}: ${message}`, { cause: error });
  }
}
