/** Sends commands of remote control, and collects the answers (`kombu.pidbox.Mailbox._broadcast`). */
import { randomUUID } from "node:crypto";
import { controlExchange, decodeReply, encodeCommand, replyExchange } from "../protocol/pidbox.js";
import { createReplyQueue } from "../transport/transport.js";
import { BOOLEAN, DURATION, FUNCTION, methodOptions, OBJECT, POSITIVE, show, TEXT } from "../validation/kinds.js";

/** Celery's default: how long to wait for each answer, and how long a command is valid. */
const DEFAULT_TIMEOUT_S = 1;
/** How long a background request waits at a time, and so how long it may delay the end of the process. */
const SLICE_S = 0.1;

/** How to interrupt the questions of each app. @type {WeakMap<object, Set<(reason: Error) => void>>} */
const pending = new WeakMap();

/**
 * @typedef {object} BroadcastOptions
 * @property {readonly string[] | null} [destination] node names such as "celery@host"; default: all workers
 * @property {string | null} [pattern] of node names, in the manner of `matcher`
 * @property {string | null} [matcher] "glob" or "pcre"
 * @property {number | null} [timeout] seconds to wait for each answer, 1 by default; without `reply`, seconds until the command
 *   expires (null: never)
 * @property {boolean | null} [reply] whether to wait for answers; default false
 * @property {number | null} [limit] answers to wait for; default: as many as there are destinations
 * @property {((reply: Reply) => void) | null} [callback] called with each answer as it comes
 * @property {boolean | null} [background] whether the process may end while answers are awaited; default false
 *
 * @typedef {Record<string, any>} Reply node name -> its answer, whose form the command says
 */

/** @type {import("../validation/kinds.js").KindsOf<BroadcastOptions>} */
export const BROADCAST_KINDS = {
  destination: [
    "a list of node names such as 'celery@host'",
    (value) => Array.isArray(value) && value.every((name) => TEXT[1](name)),
  ],
  pattern: TEXT,
  matcher: ["'glob' or 'pcre'", (value) => value === "glob" || value === "pcre"],
  timeout: DURATION,
  reply: BOOLEAN,
  limit: POSITIVE,
  callback: ["a function", FUNCTION[1]],
  background: BOOLEAN,
};

/**
 * @typedef {object} BroadcastApp
 * @property {import("../settings.js").Settings} settings
 * @property {import("../protocol/clock.js").LamportClock} clock
 * @property {import("../transport/transport.js").Publisher} publisher
 */

/**
 * @param {BroadcastApp} app
 * @param {string} method Celery's name of the command
 * @param {Record<string, unknown>} args by Celery's names
 * @param {BroadcastOptions} options
 * @returns {Promise<Reply[] | null>} the answers; null when none were asked for
 * @throws {TypeError} for an option that cannot be used
 * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
 */
export async function broadcast(app, method, args, options) {
  if (!TEXT[1](method)) throw new TypeError(`a command's name must be a non-empty string, not ${show(method)}`);
  if (!OBJECT[1](args)) throw new TypeError(`${method}: the command's arguments must be an object, not ${show(args)}`);
  const { reply, ...rest } = /** @type {BroadcastOptions} */ (methodOptions(options, BROADCAST_KINDS, `${method}()`));
  if (!reply) {
    await publish(app, method, args, rest, null);
    return null;
  }
  const queue = createReplyQueue(app.settings, replyExchange(app.settings.controlExchange));
  const { interrupted, forget } = interruptible(app);
  try {
    return await Promise.race([ask(app, queue, { method, args, options: rest }), interrupted]);
  } finally {
    forget();
    await queue.close();
  }
}

/**
 * Ends the questions of an app that still wait for answers; their promises reject.
 *
 * @param {object} app
 * @param {Error} reason
 */
export function interruptQuestions(app, reason) {
  for (const interrupt of pending.get(app) ?? []) interrupt(reason);
}

/**
 * @param {object} app
 * @returns {{ interrupted: Promise<never>, forget: () => void }}
 */
function interruptible(app) {
  /** @type {(reason: Error) => void} */
  let interrupt = () => {};
  /** @type {Promise<never>} */
  const interrupted = new Promise((_, reject) => {
    interrupt = reject;
  });
  const own = pending.get(app) ?? new Set();
  pending.set(app, own.add(interrupt));
  return { interrupted, forget: () => void own.delete(interrupt) };
}

/**
 * @param {BroadcastApp} app
 * @param {import("../transport/transport.js").ReplyQueue} queue
 * @param {{ method: string, args: Record<string, unknown>, options: BroadcastOptions }} question
 */
async function ask(app, queue, { method, args, options }) {
  const ticket = randomUUID();
  await queue.open();
  await publish(app, method, args, options, { ticket, replyTo: queue });
  return collect(app, options.background ? inBackground(queue) : queue, ticket, options);
}

/**
 * @param {BroadcastApp} app
 * @param {string} method
 * @param {Record<string, unknown>} args
 * @param {BroadcastOptions} options
 * @param {{ ticket: string, replyTo: import("../protocol/pidbox.js").ReplyAddress } | null} question
 */
async function publish(app, method, args, { destination = null, pattern = null, matcher = null, timeout }, question) {
  const waitS = timeout === undefined ? DEFAULT_TIMEOUT_S : timeout;
  const exchange = controlExchange(app.settings.controlExchange);
  const headers = { clock: app.clock.forward(), expires: waitS ? Date.now() / 1000 + waitS : 0 };
  const command = { method, arguments: args, destination, pattern, matcher, ...question };
  const text = encodeCommand(command, headers, exchange);
  await app.publisher.publish({ exchange, routingKey: "", exchangeType: "fanout", text });
}

/**
 * @param {BroadcastApp} app
 * @param {Pick<import("../transport/transport.js").ReplyQueue, "next">} queue
 * @param {string} ticket
 * @param {BroadcastOptions} options
 */
async function collect(app, queue, ticket, { destination, limit, timeout, callback }) {
  const most = limit ?? (destination?.length || Infinity);
  /** @type {Reply[]} */
  const replies = [];
  while (replies.length < most) {
    const raw = await queue.next(timeout ?? DEFAULT_TIMEOUT_S);
    if (raw === null) break;
    const answer = decodeReply(raw);
    app.clock.adjust(answer.clock);
    if (answer.ticket !== null && answer.ticket !== ticket) continue;
    replies.push(answer.replies);
    callback?.(answer.replies);
  }
  return replies;
}

/**
 * Lets a process end that has nothing else to do, but closes the queue first, so that it does not stay on the broker.
 *
 * @param {import("../transport/transport.js").ReplyQueue} queue
 * @returns {Pick<import("../transport/transport.js").ReplyQueue, "next">} a queue that gives no more answers once the process is
 *   about to end
 */
function inBackground(queue) {
  let isEnding = false;
  const onEnd = () => {
    isEnding = true;
    queue.hold(true);
  };
  return {
    async next(timeoutS) {
      queue.hold(isEnding);
      process.once("beforeExit", onEnd);
      try {
        for (let leftS = timeoutS; leftS > 0 && !isEnding; leftS -= SLICE_S) {
          const raw = await queue.next(Math.min(leftS, SLICE_S));
          if (raw !== null) return raw;
        }
        return null;
      } finally {
        process.off("beforeExit", onEnd);
        queue.hold(true);
      }
    },
  };
}
