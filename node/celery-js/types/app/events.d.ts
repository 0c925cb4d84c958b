/** Events of an app (celery.app.events): receives those of a cluster. */
import { EventReceiver } from "./event-receiver.js";
export type ReceiverOptions = import("./event-receiver.js").ReceiverOptions;
export declare class Events {
    #private;
    /** @param {import("./event-receiver.js").ReceiverApp & { markUsed?: () => void }} app */
    constructor(app: import("./event-receiver.js").ReceiverApp & {
        markUsed?: () => void;
    });
    /**
     * Makes a receiver for the events of workers and clients, in either language.
     *
     * @param {ReceiverOptions} [options]
     * @returns {EventReceiver} not started yet: see its `start` and `capture`
     * @throws {TypeError} when an option is unknown or of the wrong kind
     */
    receiver(options?: ReceiverOptions): EventReceiver;
    /** Closes all receivers. @returns {Promise<void>} */
    close(): Promise<void>;
}
