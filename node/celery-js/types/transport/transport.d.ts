export type Settings = import("../settings.js").Settings;
export type Transport = {
    /**
     * of its URLs, in lower case
     */
    schemes: readonly string[];
    /**
     * that are not secret
     */
    urlParameters: readonly string[];
    createPublisher: (settings: Settings, options: {
        log: {
            warn: (message: string) => void;
        } | null;
    }) => Publisher;
    createConsumer: (settings: Settings, hostname: string, hooks: Partial<ConsumerHooks>) => Consumer;
    createListener: (settings: Settings, options: ListenerOptions) => Listener;
    createReplyQueue: (settings: Settings, exchange: string) => ReplyQueue;
    createDeadLetters: (settings: BrokerSettings) => DeadLetters;
    purgeQueues: (settings: BrokerSettings, queues: readonly string[]) => Promise<number>;
    connectionInfo: (settings: Settings) => Record<string, unknown>;
};
export type BrokerSettings = Pick<Settings, "brokerUrl" | "brokerTransportOptions" | "taskPublishTimeout" | "brokerConnectionTimeout">;
export type Publication = {
    /**
     * empty: `routingKey` is the queue's name
     */
    exchange: string;
    /**
     * default "direct"
     */
    exchangeType?: "direct" | "topic" | "fanout";
    routingKey: string;
    /**
     * 0 to 9; on Redis the lowest is taken first, on RabbitMQ the highest
     */
    priority?: number;
    /**
     * the encoded envelope
     */
    text: string;
    /**
     * how often sending is repeated; null:
     * for `taskPublishTimeout`
     */
    retryPolicy?: Readonly<import("./publish-policy.js").PublishPolicy> | null;
};
export type Publisher = {
    /**
     * resolves once the broker has the message
     */
    publish: (publication: Publication) => Promise<void>;
    /**
     * throws EncodeError for a message that `publish` would refuse
     */
    check: (text: string) => void;
    /**
     * rejects with an EncodeError when one of them can never take a
     * message, and with an OperationalError when the broker cannot be reached in time
     */
    checkQueues: (queues: Iterable<string>) => Promise<void>;
    declareQueue: (queue: string, binding?: {
        exchange?: string;
        routingKey?: string;
        exchangeType?: string;
    }) => Promise<void>;
    /**
     * resolves once no message is being sent any more
     */
    drain: () => Promise<void>;
    /**
     * drains, then closes the connection
     */
    close: () => Promise<void>;
};
export type Delivery = {
    /**
     * rises in the order in which this worker takes messages
     */
    number: number;
    /**
     * names it for the broker, and is never used twice
     */
    tag: string;
    queue: string;
    /**
     * how many workers died while they held it
     */
    workersLost: number;
    /**
     * the message as it was in the queue
     */
    raw: string;
    /**
     * for the transport's own use
     */
    heldAt?: number;
    /**
     * how far the broker's clock was ahead of this worker's when it took the message; default 0
     */
    aheadMs?: number;
};
export type Settlement = {
    /**
     * to acknowledge; null only stores the result
     */
    delivery: Delivery | null;
    taskId: string;
    /**
     * the encoded meta, or "" to store none
     */
    result: string;
    /**
     * a message for a queue, sent once the result is there and before `delivery` is
     * acknowledged, in one step with both. Only if results can be stored with `settle`
     */
    publication?: Publication | null;
};
export type Settled = {
    /**
     * those that this worker no longer held: another one has or had the message
     */
    gone: Delivery[];
    /**
     * their results are stored, but their publications were refused, so they are not acknowledged
     */
    unsent: Settlement[];
};
export type Requeue = {
    delivery: Delivery;
    priority: number;
    side: "next" | "last";
};
export type Parking = {
    delivery: Delivery;
    dueMs: number;
    etaMs: number | null;
};
export type Burial = {
    delivery: Delivery;
    taskId: string;
    reason: string;
};
export type Swept = {
    tag: string;
    queue: string;
    taskId: string | null;
    why: "lost" | "due";
};
export type Capabilities = {
    /**
     * whether the broker keeps messages until a far eta; otherwise the worker holds them
     */
    canPark: boolean;
    /**
     * whether `settle` can store results, and send publications; otherwise results
     * are stored in the backend first
     */
    canStoreResultsWithSettle: boolean;
    /**
     * how long a worker may hold a message; null: as long as it lives
     */
    holdLimit: HoldLimit | null;
};
export type HoldLimit = {
    seconds: number;
    consequence: string;
};
export type Consumer = {
    capabilities: Capabilities;
    /**
     * watches the event loop and
     * answers health checks, before the broker is there; resolves to where they are answered, null = nowhere
     */
    watch: () => Promise<import("../validation/health-address.js").HealthAddress | null>;
    /**
     * connects, as long as it takes, and listens to the queues; resolves
     * to warnings; rejects with ImproperlyConfigured where the broker cannot be trusted with messages
     */
    start: (queues: string[]) => Promise<string[]>;
    /**
     * renews what is held, and brings back what lost workers held, from the moment
     * that it resolves; receives remote control from now on or from soon on
     */
    startRenewing: () => Promise<void>;
    /**
     * the messages that are there now;
     * `undecodable`: how many messages were not envelopes, and are dead letters now; `hasMore`: it stopped before `limit`, so call
     * again at once. Rejects with a `Refusal`, or when the
     * connection is down; nothing is lost by calling again
     */
    take: (limit: number) => Promise<{
        deliveries: Delivery[];
        undecodable: number;
        hasMore?: boolean;
    }>;
    /**
     * until there may be messages, or `wake` is called
     */
    wait: () => Promise<void>;
    wake: () => void;
    /**
     * when the broker last answered a `take`, by `performance.now()`; 0 = never
     */
    answeredAtMs: number;
    /**
     * epoch, by the clock of the broker if it is known
     */
    nowMs: () => number;
    isConnected: boolean;
    reconnected: (timeoutMs: number) => Promise<void>;
    /**
     * once the broker has answered, on every connection, a question asked after
     * this call; rejects once it is closed
     */
    answers: () => Promise<unknown>;
    /**
     * that are listened to
     */
    queues: readonly string[];
    /**
     * how it makes a queue, unless
     * `addQueue` says otherwise
     */
    declares: {
        exchangeType: string;
        queueArguments: Record<string, unknown> | null;
    };
    /**
     * rejects with an ImproperlyConfigured for a type that it does not serve
     */
    addQueue: (queue: string, place: import("../validation/task-queues.js").Place) => Promise<void>;
    cancelQueue: (queue: string) => void;
    /**
     * puts back what no `take` has returned
     */
    stopTaking: () => Promise<void>;
    /**
     * to be called in the tick in which they
     * were taken: a task may block the loop in the next one. They are renewed from now on, except those that stall for longer
     * than their hard time limit (0 = none)
     */
    hold: (deliveries: readonly Delivery[], limitsMs: readonly number[]) => void;
    /**
     * stops holding it, as if this worker were lost
     */
    release: (delivery: Delivery) => void;
    /**
     * stores results and acknowledges.
     * `onSent` is called when the command is on its way: a later `take` is executed after it. Rejects with an error that
     * `isRefusedResult` recognizes; some of the other results are then stored, and nothing is acknowledged
     * but the items in its `before`
     */
    settle: (items: readonly Settlement[], onSent?: () => void) => Promise<Settled>;
    /**
     * puts messages back into their queues
     */
    requeue: (items: readonly Requeue[]) => Promise<Delivery[]>;
    /**
     * leaves messages to the broker until their eta is near
     */
    park: (items: readonly Parking[]) => Promise<Delivery[]>;
    /**
     * moves messages to the dead letters
     */
    bury: (items: readonly Burial[]) => Promise<Delivery[]>;
    /**
     * notes that a message whose worker was lost before is about to
     * run; false: it is no longer held
     */
    markStarted: (delivery: Delivery) => Promise<boolean>;
    /**
     * answers remote
     * control, once; false: the asker has gone
     */
    reply: (address: import("../protocol/pidbox.js").ReplyAddress, text: string) => Promise<boolean>;
    /**
     * sends once; rejects with a
     * `Refusal`, or when the connection is down
     */
    broadcast: (exchange: string, routingKey: string, text: string) => Promise<void>;
    /**
     * gives up all operations; open deliveries go back to their queues
     */
    close: () => void;
    /**
     * closes it, and undoes `watch`
     */
    stop: () => Promise<void>;
};
export type ConsumerHooks = {
    /**
     * the connection was lost or could not be opened
     */
    onDown: (error: Error, retryInMs: number) => void;
    onUp: () => void;
    /**
     * the broker refused an operation, which is repeated
     */
    onRefused: (error: Error, retryInMs: number) => void;
    /**
     * an operation succeeded after a refusal
     */
    onAccepted: () => void;
    /**
     * something does not work, such as sending;
     * called again and again while it lasts. `kind` names it, `over` is the line for its end
     */
    onTrouble: (trouble: {
        kind: string;
        line: string;
        over: string;
    }) => void;
    onTroubleOver: (kind: string) => void;
    /**
     * the same for the connection that renews leases
     */
    onRenewalDown: (error: Error, retryInMs: number) => void;
    onRenewalUp: () => void;
    /**
     * deliveries that the broker no longer knows: they are lost, or were ended just
     * now. Those that have not started must not start
     */
    onMissing: (tags: string[]) => void;
    /**
     * deliveries that this worker no longer holds, although it did not end them
     */
    onLost: (tags: string[]) => void;
    onRestored: (swept: Swept[]) => void;
    /**
     * why messages of lost workers cannot be brought back; null: they can again
     */
    onSweep: (error: Error | null) => void;
    /**
     * of remote control, for this worker
     */
    onCommand: (command: import("../protocol/pidbox.js").Command) => void;
    /**
     * called whenever it starts to receive commands
     */
    onSubscribed: () => void;
    /**
     * with remote control
     */
    onProblem: (problem: string) => void;
    /**
     * the fault of a broadcast that is not a command
     */
    onMalformed: (fault: string) => void;
    /**
     * read twice a second to answer health checks
     */
    snapshot: () => import("./vitals.js").Snapshot;
    /**
     * of the worker, to which `/metrics` adds the broker's; null: none
     */
    metrics: import("./metrics.js").Metrics | null;
};
export type ReplyQueue = {
    exchange: string;
    routingKey: string;
    open: () => Promise<void>;
    /**
     * broadcasts a question; resolves to how many
     * received it
     */
    ask: (exchange: string, text: string) => Promise<number>;
    /**
     * whether waiting for answers keeps the process alive, as it does at first
     */
    hold: (isHeld: boolean) => void;
    /**
     * the next answer; null when none came in time
     */
    next: (timeoutS: number) => Promise<string | null>;
    close: () => Promise<void>;
};
export type Listener = {
    /**
     * resolves once it listens
     */
    start: () => Promise<void>;
    close: () => void;
};
export type ListenerOptions = {
    /**
     * of the type "fanout"
     */
    exchange: string;
    /**
     * with `#` for any part of it
     */
    routingKey: string;
    onMessage: (text: string) => void;
    /**
     * called when it listens again after an outage
     */
    onAgain: () => void;
    /**
     * called once when the server does not let it listen again; it tries on
     */
    onRefused?: (error: Error) => void;
};
export type DeadLetter = {
    /**
     * the letter as the broker keeps it
     */
    entry: Buffer;
    /**
     * the message, byte for byte
     */
    raw: Buffer;
    queue: string;
    /**
     * the task's, else a hash of the message
     */
    id: string;
    /**
     * the task's; "" = none can be read
     */
    taskId: string;
    /**
     * its name
     */
    task: string | null;
    reason: string;
    /**
     * when it was put aside, ms since the epoch; null = it does not say
     */
    time: number | null;
    /**
     * who put it aside
     */
    worker: string | null;
    /**
     * how many workers were lost with it
     */
    deliveries: number | null;
    priority: number;
    headers: Record<string, unknown>;
    /**
     * the decoded body; null = it is compressed, or no text
     */
    body: string | null;
    /**
     * false: no worker can read the message
     */
    isReadable: boolean;
};
export type DeadLetters = {
    /**
     * that have dead letters, by name
     */
    queues: () => Promise<string[]>;
    newestFirst: (queue: string) => AsyncGenerator<DeadLetter>;
    /**
     * those that are there now,
     * oldest first; `act` resolves to how many of them it has left there
     */
    eachPage: (queue: string, act: (letters: DeadLetter[]) => Promise<number>) => Promise<void>;
    /**
     * puts letters of one queue back into it; resolves to how many
     */
    retry: (letters: DeadLetter[]) => Promise<number>;
    /**
     * resolves to how many
     */
    delete: (letters: DeadLetter[]) => Promise<number>;
    close: () => void;
};
/** The brokers. The first one refuses unknown schemes. @type {Transport[]} */
export declare const TRANSPORTS: Transport[];
/**
 * @param {Settings} settings
 * @param {{ log?: { warn: (message: string) => void } | null }} [options]
 * @returns {Publisher} not connected yet: the first message opens the connection
 * @throws {ImproperlyConfigured} as all of these, when no broker has the URL's scheme
 */
export declare const createPublisher: (settings: Settings, { log }?: {
    log?: {
        warn: (message: string) => void;
    } | null;
}) => Publisher;
/**
 * @param {Settings} settings
 * @param {string} hostname of the worker
 * @param {Partial<ConsumerHooks>} hooks
 * @returns {Consumer} not connected yet
 */
export declare const createConsumer: (settings: Settings, hostname: string, hooks: Partial<ConsumerHooks>) => Consumer;
/**
 * @param {Settings} settings
 * @param {ListenerOptions} options
 * @returns {Listener} not connected yet
 */
export declare const createListener: (settings: Settings, options: ListenerOptions) => Listener;
/**
 * @param {Settings} settings
 * @param {string} exchange of the answers
 * @returns {ReplyQueue} not open yet
 */
export declare const createReplyQueue: (settings: Settings, exchange: string) => ReplyQueue;
/**
 * @param {BrokerSettings} settings
 * @returns {DeadLetters} not connected yet
 */
export declare const createDeadLetters: (settings: BrokerSettings) => DeadLetters;
/**
 * Deletes the messages that wait in queues, not those that workers hold.
 *
 * @param {BrokerSettings} settings
 * @param {readonly string[]} queues
 * @returns {Promise<number>} how many messages there were, for good
 * @throws {OperationalError} when the broker cannot be reached in time or refuses
 */
export declare const purgeQueues: (settings: BrokerSettings, queues: readonly string[]) => Promise<number>;
/**
 * @param {Settings} settings
 * @returns {Record<string, unknown>} as kombu's `Connection.info`, without a password
 */
export declare const connectionInfo: (settings: Settings) => Record<string, unknown>;
/**
 * @param {string} url of a broker or a result backend
 * @returns {string} for logs, errors and `inspect`, see `hideSecrets`
 */
export declare const hidePassword: (url: string) => string;
