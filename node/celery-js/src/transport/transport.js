/**
 * The interface of brokers, for senders, workers, listeners and operators. A broker is a folder
 * whose index.js exports a `Transport`, and a line in `TRANSPORTS`; nothing above this file knows which one is used.
 */
import { AMQP } from "./amqp/index.js";
import { REDIS } from "./redis/index.js";
import { hideSecrets } from "./url.js";

/**
 * @typedef {import("../settings.js").Settings} Settings
 *
 * @typedef {object} Transport
 * @property {readonly string[]} schemes of its URLs, in lower case
 * @property {readonly string[]} urlParameters that are not secret
 * @property {(settings: Settings, options: { log: { warn: (message: string) => void } | null }) => Publisher} createPublisher
 * @property {(settings: Settings, hostname: string, hooks: Partial<ConsumerHooks>) => Consumer} createConsumer
 * @property {(settings: Settings, options: ListenerOptions) => Listener} createListener
 * @property {(settings: Settings, exchange: string) => ReplyQueue} createReplyQueue
 * @property {(settings: BrokerSettings) => DeadLetters} createDeadLetters
 * @property {(settings: BrokerSettings, queues: readonly string[]) => Promise<number>} purgeQueues
 * @property {(settings: Settings) => Record<string, unknown>} connectionInfo
 *
 * @typedef {Pick<Settings, "brokerUrl" | "brokerTransportOptions" | "taskPublishTimeout" | "brokerConnectionTimeout">} BrokerSettings
 *
 * @typedef {object} Publication one message and where it goes
 * @property {string} exchange empty: `routingKey` is the queue's name
 * @property {"direct" | "topic" | "fanout"} [exchangeType] default "direct"
 * @property {string} routingKey
 * @property {number} [priority] 0 to 9; on Redis the lowest is taken first, on RabbitMQ the highest
 * @property {string} text the encoded envelope
 * @property {Readonly<import("./publish-policy.js").PublishPolicy> | null} [retryPolicy] how often sending is repeated; null:
 *   for `taskPublishTimeout`
 *
 * @typedef {object} Publisher
 * @property {(publication: Publication) => Promise<void>} publish resolves once the broker has the message
 * @property {(text: string) => void} check throws EncodeError for a message that `publish` would refuse
 * @property {(queues: Iterable<string>) => Promise<void>} checkQueues rejects with an EncodeError when one of them can never take a
 *   message, and with an OperationalError when the broker cannot be reached in time
 * @property {(queue: string, binding?: { exchange?: string, routingKey?: string, exchangeType?: string }) => Promise<void>} declareQueue
 * @property {() => Promise<void>} drain resolves once no message is being sent any more
 * @property {() => Promise<void>} close drains, then closes the connection
 */

/**
 * @typedef {object} Delivery one message, taken by this worker and held by it until it is settled, requeued, parked or buried
 * @property {number} number rises in the order in which this worker takes messages
 * @property {string} tag names it for the broker, and is never used twice
 * @property {string} queue
 * @property {number} workersLost how many workers died while they held it
 * @property {string} raw the message as it was in the queue
 * @property {number} [heldAt] for the transport's own use
 * @property {number} [aheadMs] how far the broker's clock was ahead of this worker's when it took the message; default 0
 *
 * @typedef {object} Settlement
 * @property {Delivery | null} delivery to acknowledge; null only stores the result
 * @property {string} taskId
 * @property {string} result the encoded meta, or "" to store none
 * @property {Publication | null} [publication] a message for a queue, sent once the result is there and before `delivery` is
 *   acknowledged, in one step with both. Only if results can be stored with `settle`
 *
 * @typedef {object} Settled
 * @property {Delivery[]} gone those that this worker no longer held: another one has or had the message
 * @property {Settlement[]} unsent their results are stored, but their publications were refused, so they are not acknowledged
 *
 * @typedef {{ delivery: Delivery, priority: number, side: "next" | "last" }} Requeue taken before all others, or after them
 * @typedef {{ delivery: Delivery, dueMs: number, etaMs: number | null }} Parking epoch: when it is to be back in its queue, and its eta
 * @typedef {{ delivery: Delivery, taskId: string, reason: string }} Burial `taskId`: "" where none can be read
 * @typedef {{ tag: string, queue: string, taskId: string | null, why: "lost" | "due" }} Swept a message that went back into its
 *   queue: its worker was lost, or its eta is near
 *
 * @typedef {object} Capabilities the abilities that not every broker has
 * @property {boolean} canPark whether the broker keeps messages until a far eta; otherwise the worker holds them
 * @property {boolean} canStoreResultsWithSettle whether `settle` can store results, and send publications; otherwise results
 *   are stored in the backend first
 * @property {HoldLimit | null} holdLimit how long a worker may hold a message; null: as long as it lives
 *
 * @typedef {{ seconds: number, consequence: string }} HoldLimit `consequence`: what happens after that time, for a log line
 */

/**
 * @typedef {object} Consumer how one worker takes messages and ends them. Operations on deliveries are repeated until the broker
 *   has done them, and reject only once the consumer is closed; those that return deliveries return the ones that this
 *   worker no longer held: another one has or had the message
 * @property {Capabilities} capabilities
 * @property {() => Promise<import("../validation/health-address.js").HealthAddress | null>} watch watches the event loop and
 *   answers health checks, before the broker is there; resolves to where they are answered, null = nowhere
 * @property {(queues: string[]) => Promise<string[]>} start connects, as long as it takes, and listens to the queues; resolves
 *   to warnings; rejects with ImproperlyConfigured where the broker cannot be trusted with messages
 * @property {() => Promise<void>} startRenewing renews what is held, and brings back what lost workers held, from the moment
 *   that it resolves; receives remote control from now on or from soon on
 * @property {(limit: number) => Promise<{ deliveries: Delivery[], undecodable: number, hasMore?: boolean }>} take the messages that are there now;
 *   `undecodable`: how many messages were not envelopes, and are dead letters now; `hasMore`: it stopped before `limit`, so call
 *   again at once. Rejects with a `Refusal`, or when the
 *   connection is down; nothing is lost by calling again
 * @property {() => Promise<void>} wait until there may be messages, or `wake` is called
 * @property {() => void} wake
 * @property {number} answeredAtMs when the broker last answered a `take`, by `performance.now()`; 0 = never
 * @property {() => number} nowMs epoch, by the clock of the broker if it is known
 * @property {boolean} isConnected
 * @property {(timeoutMs: number) => Promise<void>} reconnected
 * @property {() => Promise<unknown>} answers once the broker has answered, on every connection, a question asked after
 *   this call; rejects once it is closed
 * @property {readonly string[]} queues that are listened to
 * @property {{ exchangeType: string, queueArguments: Record<string, unknown> | null }} declares how it makes a queue, unless
 *   `addQueue` says otherwise
 * @property {(queue: string, place: import("../validation/task-queues.js").Place) => Promise<void>} addQueue rejects with an ImproperlyConfigured for a type that it does not serve
 * @property {(queue: string) => void} cancelQueue
 * @property {() => Promise<void>} stopTaking puts back what no `take` has returned
 * @property {(deliveries: readonly Delivery[], limitsMs: readonly number[]) => void} hold to be called in the tick in which they
 *   were taken: a task may block the loop in the next one. They are renewed from now on, except those that stall for longer
 *   than their hard time limit (0 = none)
 * @property {(delivery: Delivery) => void} release stops holding it, as if this worker were lost
 * @property {(items: readonly Settlement[], onSent?: () => void) => Promise<Settled>} settle stores results and acknowledges.
 *   `onSent` is called when the command is on its way: a later `take` is executed after it. Rejects with an error that
 *   `isRefusedResult` recognizes; some of the other results are then stored, and nothing is acknowledged
 *   but the items in its `before`
 * @property {(items: readonly Requeue[]) => Promise<Delivery[]>} requeue puts messages back into their queues
 * @property {(items: readonly Parking[]) => Promise<Delivery[]>} park leaves messages to the broker until their eta is near
 * @property {(items: readonly Burial[]) => Promise<Delivery[]>} bury moves messages to the dead letters
 * @property {(delivery: Delivery) => Promise<boolean>} markStarted notes that a message whose worker was lost before is about to
 *   run; false: it is no longer held
 * @property {(address: import("../protocol/pidbox.js").ReplyAddress, text: string) => Promise<boolean>} reply answers remote
 *   control, once; false: the asker has gone
 * @property {(exchange: string, routingKey: string, text: string) => Promise<void>} broadcast sends once; rejects with a
 *   `Refusal`, or when the connection is down
 * @property {() => void} close gives up all operations; open deliveries go back to their queues
 * @property {() => Promise<void>} stop closes it, and undoes `watch`
 *
 * @typedef {object} ConsumerHooks
 * @property {(error: Error, retryInMs: number) => void} onDown the connection was lost or could not be opened
 * @property {() => void} onUp
 * @property {(error: Error, retryInMs: number) => void} onRefused the broker refused an operation, which is repeated
 * @property {() => void} onAccepted an operation succeeded after a refusal
 * @property {(trouble: { kind: string, line: string, over: string }) => void} onTrouble something does not work, such as sending;
 *   called again and again while it lasts. `kind` names it, `over` is the line for its end
 * @property {(kind: string) => void} onTroubleOver
 * @property {(error: Error, retryInMs: number) => void} onRenewalDown the same for the connection that renews leases
 * @property {() => void} onRenewalUp
 * @property {(tags: string[]) => void} onMissing deliveries that the broker no longer knows: they are lost, or were ended just
 *   now. Those that have not started must not start
 * @property {(tags: string[]) => void} onLost deliveries that this worker no longer holds, although it did not end them
 * @property {(swept: Swept[]) => void} onRestored
 * @property {(error: Error | null) => void} onSweep why messages of lost workers cannot be brought back; null: they can again
 * @property {(command: import("../protocol/pidbox.js").Command) => void} onCommand of remote control, for this worker
 * @property {() => void} onSubscribed called whenever it starts to receive commands
 * @property {(problem: string) => void} onProblem with remote control
 * @property {(fault: string) => void} onMalformed the fault of a broadcast that is not a command
 * @property {() => import("./vitals.js").Snapshot} snapshot read twice a second to answer health checks
 * @property {import("./metrics.js").Metrics | null} metrics of the worker, to which `/metrics` adds the broker's; null: none
 */

/**
 * @typedef {object} ReplyQueue where workers answer one question of remote control
 * @property {string} exchange
 * @property {string} routingKey
 * @property {() => Promise<void>} open
 * @property {(exchange: string, text: string) => Promise<number>} ask broadcasts a question; resolves to how many
 *   received it
 * @property {(isHeld: boolean) => void} hold whether waiting for answers keeps the process alive, as it does at first
 * @property {(timeoutS: number) => Promise<string | null>} next the next answer; null when none came in time
 * @property {() => Promise<void>} close
 *
 * @typedef {object} Listener
 * @property {() => Promise<void>} start resolves once it listens
 * @property {() => void} close
 *
 * @typedef {object} ListenerOptions
 * @property {string} exchange of the type "fanout"
 * @property {string} routingKey with `#` for any part of it
 * @property {(text: string) => void} onMessage
 * @property {() => void} onAgain called when it listens again after an outage
 * @property {(error: Error) => void} [onRefused] called once when the server does not let it listen again; it tries on
 */

/**
 * @typedef {object} DeadLetter
 * @property {Buffer} entry the letter as the broker keeps it
 * @property {Buffer} raw the message, byte for byte
 * @property {string} queue
 * @property {string} id the task's, else a hash of the message
 * @property {string} taskId the task's; "" = none can be read
 * @property {string | null} task its name
 * @property {string} reason
 * @property {number | null} time when it was put aside, ms since the epoch; null = it does not say
 * @property {string | null} worker who put it aside
 * @property {number | null} deliveries how many workers were lost with it
 * @property {number} priority
 * @property {Record<string, unknown>} headers
 * @property {string | null} body the decoded body; null = it is compressed, or no text
 * @property {boolean} isReadable false: no worker can read the message
 *
 * @typedef {object} DeadLetters for operators. Connects with the first call; every call rejects with OperationalError when the
 *   broker cannot be reached in time or refuses
 * @property {() => Promise<string[]>} queues that have dead letters, by name
 * @property {(queue: string) => AsyncGenerator<DeadLetter>} newestFirst
 * @property {(queue: string, act: (letters: DeadLetter[]) => Promise<number>) => Promise<void>} eachPage those that are there now,
 *   oldest first; `act` resolves to how many of them it has left there
 * @property {(letters: DeadLetter[]) => Promise<number>} retry puts letters of one queue back into it; resolves to how many
 * @property {(letters: DeadLetter[]) => Promise<number>} delete resolves to how many
 * @property {() => void} close
 */

/** The brokers. The first one refuses unknown schemes. @type {Transport[]} */
export const TRANSPORTS = [REDIS, AMQP];

/**
 * @param {string} url
 * @returns {Transport} the broker with this scheme; the first one, which refuses it, if there is none
 */
function transportOf(url) {
  const [scheme] = url.split(":", 1);
  return TRANSPORTS.find(({ schemes }) => schemes.includes(scheme.toLowerCase())) ?? TRANSPORTS[0];
}

/**
 * @param {Settings} settings
 * @param {{ log?: { warn: (message: string) => void } | null }} [options]
 * @returns {Publisher} not connected yet: the first message opens the connection
 * @throws {ImproperlyConfigured} as all of these, when no broker has the URL's scheme
 */
export const createPublisher = (settings, { log = null } = {}) =>
  transportOf(settings.brokerUrl).createPublisher(settings, { log });

/**
 * @param {Settings} settings
 * @param {string} hostname of the worker
 * @param {Partial<ConsumerHooks>} hooks
 * @returns {Consumer} not connected yet
 */
export const createConsumer = (settings, hostname, hooks) =>
  transportOf(settings.brokerUrl).createConsumer(settings, hostname, hooks);

/**
 * @param {Settings} settings
 * @param {ListenerOptions} options
 * @returns {Listener} not connected yet
 */
export const createListener = (settings, options) => transportOf(settings.brokerUrl).createListener(settings, options);

/**
 * @param {Settings} settings
 * @param {string} exchange of the answers
 * @returns {ReplyQueue} not open yet
 */
export const createReplyQueue = (settings, exchange) =>
  transportOf(settings.brokerUrl).createReplyQueue(settings, exchange);

/**
 * @param {BrokerSettings} settings
 * @returns {DeadLetters} not connected yet
 */
export const createDeadLetters = (settings) => transportOf(settings.brokerUrl).createDeadLetters(settings);

/**
 * Deletes the messages that wait in queues, not those that workers hold.
 *
 * @param {BrokerSettings} settings
 * @param {readonly string[]} queues
 * @returns {Promise<number>} how many messages there were, for good
 * @throws {OperationalError} when the broker cannot be reached in time or refuses
 */
export const purgeQueues = (settings, queues) => transportOf(settings.brokerUrl).purgeQueues(settings, queues);

/**
 * @param {Settings} settings
 * @returns {Record<string, unknown>} as kombu's `Connection.info`, without a password
 */
export const connectionInfo = (settings) => transportOf(settings.brokerUrl).connectionInfo(settings);

/**
 * @param {string} url of a broker or a result backend
 * @returns {string} for logs, errors and `inspect`, see `hideSecrets`
 */
export const hidePassword = (url) => hideSecrets(url, transportOf(url).urlParameters);
