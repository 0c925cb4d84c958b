/** Events of an app (celery.app.events): hearing those of a cluster. */
import { EventReceiver } from "./event-receiver.js";
export type ReceiverOptions = import("./event-receiver.js").ReceiverOptions;
/** @typedef {import("./event-receiver.js").ReceiverOptions} ReceiverOptions */
export declare class Events {
    #private;
    /** @param {import("./event-receiver.js").ReceiverApp} app */
    constructor(app: import("./event-receiver.js").ReceiverApp);
    /**
     * Hears what workers and clients of either language tell of themselves and of tasks.
     *
     * @param {ReceiverOptions} [options]
     * @returns {EventReceiver} that does not hear yet: see its `start` and `capture`
     * @throws {TypeError} when an option is unknown or of the wrong kind
     */
    receiver(options?: ReceiverOptions): EventReceiver;
    /** Closes what hears. @returns {Promise<void>} */
    close(): Promise<void>;
}
