/**
 * The driver of celery-js: a program that reads commands from standard input and answers each in a line, see
 * python_driver.py. It is what worker/lifecycle/assembly.js puts together, without what runs tasks.
 */
import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { decodeEnvelope, decodeTask } from "../../node/celery-js/src/protocol/message.js";
import { RedisConsumer } from "../../node/celery-js/src/transport/redis/consumer.js";
import { redisKeys } from "../../node/celery-js/src/transport/redis/keys.js";
import { parseRedisUrl } from "../../node/celery-js/src/transport/redis/url.js";
import { createConsumer } from "../../node/celery-js/src/transport/transport.js";
import { resolveSettings } from "../../node/celery-js/src/validation/resolve-settings.js";
import { Completer } from "../../node/celery-js/src/worker/completion/completer.js";
import { SettleBatcher } from "../../node/celery-js/src/worker/completion/settle-batcher.js";
import { createLogger } from "../../node/celery-js/src/worker/observers/log.js";
import { Reporter } from "../../node/celery-js/src/worker/observers/reporter.js";

/**
 * @typedef {import("../../node/celery-js/src/transport/transport.js").Delivery} Delivery
 * @typedef {import("../../node/celery-js/src/execution/request.js").Request} Request
 * @typedef {{ url: string, queues: string[], lease_s: number, global_keyprefix: string, dead_letter_limit: number, worker_name: string }} Options
 */

/** How long the first message is waited for, where it is not there at once; `wait` lasts up to a second. */
const PUSHED_WITHIN_MS = 1_500;

class NodeTransport {
  /** @type {string[]} */
  #lines = [];
  /** "ended": a message has left. "down": the connection broke. */
  #events = new EventEmitter();
  /** @type {Map<string, Delivery>} everything that was ever taken */
  #taken = new Map();
  /** @type {Set<string>} tags of what was not ended */
  #held = new Set();
  #queues;

  /** @param {Options} options */
  constructor(options) {
    this.#queues = options.queues;
    const log = linesLogger(this.#lines);
    const reporter = new Reporter(log, options.url);
    const { onDown, onRefused, onAccepted, onRestored, onSweep } = reporter;
    const hooks = {
      onDown: (/** @type {Error} */ error, /** @type {number} */ retryInMs) => {
        this.#events.emit("down");
        onDown(error, retryInMs);
      },
      onLost: (/** @type {string[]} */ tags) => reporter.onLeasesLost(tags, []),
      ...{ onRefused, onAccepted, onRestored, onSweep },
    };
    this.consumer = options.url.startsWith("redis") ? redisConsumer(options, hooks) : amqpConsumer(options, hooks);
    const onEnded = () => void this.#events.emit("ended");
    this.settleBatcher = new SettleBatcher({
      settle: async (items) => ({ ...(await this.consumer.settle(items)), refused: new Map() }),
      onGone: (taskId) => reporter.onGone(taskId, "acknowledge"),
      onRefused: () => {},
      onFailed: reporter.onUnsettled,
      onRoom: onEnded,
    });
    // What becomes of tasks is left out: it is not asked when a message is put back, buried or parked.
    const parts = {
      taskConsumer: this.consumer,
      settleBatcher: this.settleBatcher,
      onGone: (/** @type {string} */ taskId) => reporter.onGone(taskId, "put back"),
      log,
    };
    this.completer = new Completer(
      /** @type {ConstructorParameters<typeof Completer>[0]} */ (/** @type {unknown} */ (parts)),
    );
    this.completer.onRoom = onEnded;
  }

  async open() {
    await this.consumer.watch();
    await this.consumer.start(this.#queues);
    await this.consumer.startRenewing();
  }

  /** @param {{ limit: number }} command */
  async take({ limit }) {
    const deliveries = await takeSoon(this.consumer, limit);
    this.consumer.hold(
      deliveries,
      deliveries.map(() => 0),
    );
    return deliveries.map((delivery) => {
      const { tag } = delivery;
      this.#taken.set(tag, delivery);
      this.#held.add(tag);
      return {
        tag,
        queue: delivery.queue,
        workers_lost: delivery.workersLost,
        raw: delivery.raw,
      };
    });
  }

  /** @param {{ tag: string }} command */
  acknowledge({ tag }) {
    const { delivery, message } = this.#toEnd(tag);
    return this.#end(() => this.settleBatcher.add(delivery, message.id, ""));
  }

  /** @param {{ tags: string[], side: "next" | "last" }} command */
  put_back({ tags, side }) {
    const requests = tags.map((tag) => this.#toEnd(tag));
    return this.#end(() => this.completer.putBack(requests, side));
  }

  /** @param {{ tag: string, reason: string }} command */
  bury({ tag, reason }) {
    const { delivery, message } = this.#toEnd(tag);
    return this.#end(() => this.completer.bury(delivery, message.id, reason, ""));
  }

  /** @param {{ tag: string, due_ms: number, eta_s: number }} command */
  park({ tag, due_ms, eta_s }) {
    return this.#end(() => this.completer.park({ ...this.#toEnd(tag), etaMs: eta_s * 1000 }, due_ms));
  }

  /** @param {{ tag: string }} command */
  mark_started({ tag }) {
    return this.completer.markStarted(this.#request(tag));
  }

  is_idle() {
    return this.#held.size === 0 && this.completer.pending + this.settleBatcher.pending === 0;
  }

  log() {
    return this.#lines;
  }

  async close() {
    await this.consumer.stop();
  }

  /** Begins an end and waits for it, or for the connection to break. @param {() => unknown} begin */
  async #end(begin) {
    const over = Promise.race([once(this.#events, "ended"), once(this.#events, "down")]);
    void begin();
    await over;
    return null;
  }

  /** @param {string} tag @returns {Request} as far as the completer looks at it */
  #toEnd(tag) {
    this.#held.delete(tag);
    return this.#request(tag);
  }

  /** @param {string} tag @returns {Request} */
  #request(tag) {
    const delivery = /** @type {Delivery} */ (this.#taken.get(tag));
    const message = decodeTask(decodeEnvelope(delivery.raw));
    return /** @type {Request} */ ({ delivery, message, acknowledged: false });
  }
}

/**
 * @param {Options} options
 * @param {Partial<import("../../node/celery-js/src/transport/transport.js").ConsumerHooks>} hooks
 */
function redisConsumer(options, hooks) {
  const address = parseRedisUrl(options.url);
  const keyOptions = { globalKeyprefix: options.global_keyprefix, db: address.db };
  const keeper = { keyOptions, loopStallLimitMs: 0, health: null, controlExchange: null };
  return new RedisConsumer(
    {
      address,
      workerName: options.worker_name,
      tagPrefix: `${options.worker_name}/${randomBytes(6).toString("hex")}:`,
      leaseMs: options.lease_s * 1000,
      deadLetterLimit: options.dead_letter_limit,
      keys: redisKeys(keyOptions),
      resultKeyPrefix: `${options.global_keyprefix}celery-task-meta-`,
      resultExpiresS: 100,
      keeper,
    },
    hooks,
  );
}

/**
 * @param {Options} options
 * @param {Partial<import("../../node/celery-js/src/transport/transport.js").ConsumerHooks>} hooks
 */
function amqpConsumer(options, hooks) {
  const settings = resolveSettings({
    brokerUrl: options.url,
    resultBackend: "redis://127.0.0.1:1/0",
    leaseS: options.lease_s,
    deadLetterLimit: options.dead_letter_limit,
    loopStallLimitS: 0,
    workerEnableRemoteControl: false,
  });
  return createConsumer(settings, options.worker_name, hooks);
}

/**
 * RabbitMQ sends messages once they were asked for.
 *
 * @param {import("../../node/celery-js/src/transport/transport.js").Consumer} consumer
 * @param {number} limit
 */
async function takeSoon(consumer, limit) {
  const untilMs = Date.now() + PUSHED_WITHIN_MS;
  const { deliveries } = await consumer.take(limit);
  if (consumer instanceof RedisConsumer || limit === 0) return deliveries;
  while (deliveries.length < limit && Date.now() < untilMs) {
    await consumer.wait();
    deliveries.push(...(await consumer.take(limit - deliveries.length)).deliveries);
  }
  return deliveries;
}

/** @param {string[]} lines gets the texts of warnings and errors @returns {import("../../node/celery-js/src/worker/observers/log.js").Logger} */
function linesLogger(lines) {
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)).message);
      done();
    },
  });
  const options = { level: "warning", format: "json", worker: "driver" };
  return createLogger({
    ...options,
    stream: /** @type {NodeJS.WriteStream} */ (/** @type {unknown} */ (stream)),
  });
}

/** @type {any} */
let transport = null;

/** @param {{ do: string } & Record<string, unknown>} command */
async function obey({ do: name, ...args }) {
  if (name !== "open") return (await transport[name](args)) ?? null;
  transport = new NodeTransport(/** @type {Options} */ (/** @type {unknown} */ (args)));
  await transport.open();
  return process.pid;
}

for await (const line of createInterface({ input: process.stdin })) {
  const reply = await obey(JSON.parse(line)).then(
    (answer) => ({ answer }),
    (error) => ({ error: /** @type {Error} */ (error).message }),
  );
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
process.exit(0);
