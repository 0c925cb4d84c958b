import { RedisConsumer } from "../../transport/redis/consumer.js";
import { Keeper } from "../../transport/redis/keeper.js";
import { SettleBatcher } from "../completion/settle-batcher.js";
import { Mingle } from "../control/mingle.js";
import { Consumer } from "../intake/consumer.js";
import { Dispatcher } from "../intake/dispatcher.js";
import { RateLimits } from "../intake/rate-limits.js";
import { Revocations } from "../model/revocations.js";
import { Announcements } from "../observers/announcements.js";
import { EventDispatcher } from "../observers/event-dispatcher.js";
import { Heart } from "../observers/heart.js";
import { Health } from "./health.js";
export type Assembly = {
    transport: RedisConsumer;
    keeper: Keeper;
    settleBatcher: SettleBatcher;
    dispatcher: Dispatcher;
    consumer: Consumer;
    health: Health;
    announcements: Announcements;
    events: EventDispatcher;
    /**
     * null where it is not to beat
     */
    heart: Heart | null;
    /**
     * null where no task runs in one
     */
    threads: import("../pools/threads.js").ThreadPool | null;
    rateLimits: RateLimits;
    pools: import("../pools/assembly.js").Pools;
    revocations: Revocations;
    /**
     * null where the other workers are not to be asked
     */
    mingle: Mingle | null;
};
export type Plan = {
    app: import("../model/types.js").WorkerApp;
    worker: object;
    hostname: string;
    log: import("../observers/log.js").Logger;
    options: import("./options.js").CheckedOptions;
    reporter: import("../observers/reporter.js").Reporter;
    /**
     * the module that a thread of the pool runs
     */
    threadEntry: URL;
    onTooManyZombies: (zombies: number) => void;
    /**
     * called when remote control stops the worker
     */
    onShutdown: () => void;
    /**
     * ends what would be tried again for ever, once the worker has stopped
     */
    closed: AbortSignal;
};
/**
 * @typedef {object} Assembly
 * @property {RedisConsumer} transport
 * @property {Keeper} keeper
 * @property {SettleBatcher} settleBatcher
 * @property {Dispatcher} dispatcher
 * @property {Consumer} consumer
 * @property {Health} health
 * @property {Announcements} announcements
 * @property {EventDispatcher} events
 * @property {Heart | null} heart null where it is not to beat
 * @property {import("../pools/threads.js").ThreadPool | null} threads null where no task runs in one
 * @property {RateLimits} rateLimits
 * @property {import("../pools/assembly.js").Pools} pools
 * @property {Revocations} revocations
 * @property {Mingle | null} mingle null where the other workers are not to be asked
 *
 * @typedef {object} Plan what the parts are made for
 * @property {import("../model/types.js").WorkerApp} app
 * @property {object} worker
 * @property {string} hostname
 * @property {import("../observers/log.js").Logger} log
 * @property {import("./options.js").CheckedOptions} options
 * @property {import("../observers/reporter.js").Reporter} reporter
 * @property {URL} threadEntry the module that a thread of the pool runs
 * @property {(zombies: number) => void} onTooManyZombies
 * @property {() => void} onShutdown called when remote control stops the worker
 * @property {AbortSignal} closed ends what would be tried again for ever, once the worker has stopped
 */
/**
 * @param {Plan} plan
 * @returns {Assembly}
 */
export declare function assemble(plan: Plan): Assembly;
