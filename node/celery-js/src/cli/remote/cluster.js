/** The cluster that a command line addresses: the workers of an app, or of a broker. */
import { Control } from "../../app/control.js";
import { Events } from "../../app/events.js";
import { OperationalError } from "../../errors.js";
import { LamportClock } from "../../protocol/clock.js";
import { createPublisher } from "../../transport/transport.js";
import { resolveSettings } from "../../validation/resolve-settings.js";
import { CommandError } from "../command.js";
import { addresses, appOf, load, settingsOf } from "../module.js";

/** Raised when no worker or no broker answers. The exit code is BSD's EX_UNAVAILABLE, as in Celery. */
export class UnavailableError extends CommandError {
  exitCode = 69;
}

/** The parts of an app that sending commands needs: importing a whole `Celery` takes twice as long. */
export class Cluster {
  /** @type {import("../../app/control-command.js").OwnCommand[]} */
  controlCommands = [];
  clock = new LamportClock();
  control = new Control(this);
  events = new Events(this);

  /** @param {import("../../settings.js").Settings} settings */
  constructor(settings) {
    this.settings = settings;
    this.publisher = createPublisher(settings);
  }

  async close() {
    await this.events.close();
    await this.publisher.close();
  }
}

/**
 * @template T
 * @param {import("../command.js").Values} values as `loadSettings` takes them
 * @param {(cluster: Pick<Cluster, "controlCommands" | "control" | "events" | "settings">) => Promise<T>} body
 * @returns {Promise<T>}
 * @throws {UnavailableError} when the broker cannot be reached
 * @throws what `loadSettings` throws
 */
export async function withCluster(values, body) {
  const cluster = await openCluster(values);
  try {
    return await body(cluster);
  } catch (error) {
    if (!(error instanceof OperationalError)) throw error;
    throw new UnavailableError(
      "Could not connect to the message broker. Please make sure your broker (Redis or Valkey) is running and the " +
        `connection settings are correct. Reason: ${error.message}`,
      { cause: error },
    );
  } finally {
    await cluster.close();
  }
}

/**
 * @param {import("../command.js").Values} values
 * @returns {Promise<Cluster | import("../../app/celery.js").Celery>}
 */
async function openCluster(values) {
  const isGiven = typeof values.app === "string";
  const changes = addresses(values, isGiven);
  if (!isGiven) return new Cluster(resolveSettings(changes));
  const file = String(values.app);
  const exported = await load(file);
  const app = await appOf(exported);
  if (app === undefined) return new Cluster(resolveSettings({ ...(await settingsOf(exported, file)), ...changes }));
  app.overrideSettings(changes);
  return app;
}
