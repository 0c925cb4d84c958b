/** The workers that a command line speaks to: those of the app that it names, or of a broker alone. */
import { Control } from "../../app/control.js";
import { Events } from "../../app/events.js";
import { LamportClock } from "../../protocol/clock.js";
import { CommandError } from "../command.js";
/** Raised when no worker answers, or the broker does not: BSD's EX_UNAVAILABLE, as Celery's command line ends. */
export declare class UnavailableError extends CommandError {
    exitCode: number;
}
/** The parts of an app that sending commands needs: importing a whole `Celery` takes twice as long. */
export declare class Cluster {
    settings: import("../../settings.js").Settings;
    publisher: import("../../transport/transport.js").Publisher;
    /** @type {import("../../app/control-command.js").OwnCommand[]} */
    controlCommands: import("../../app/control-command.js").OwnCommand[];
    clock: LamportClock;
    control: Control;
    events: Events;
    /** @param {import("../../settings.js").Settings} settings */
    constructor(settings: import("../../settings.js").Settings);
    close(): Promise<void>;
}
/**
 * @template T
 * @param {import("../command.js").Values} values as `loadSettings` takes them
 * @param {(cluster: Pick<Cluster, "controlCommands" | "control" | "events" | "settings">) => Promise<T>} body
 * @returns {Promise<T>}
 * @throws `UnavailableError` when the broker cannot be reached
 * @throws what `loadSettings` throws
 */
export declare function withCluster<T>(values: import("../command.js").Values, body: (cluster: Pick<Cluster, "controlCommands" | "control" | "events" | "settings">) => Promise<T>): Promise<T>;
