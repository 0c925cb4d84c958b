/** Chords with a result backend that counts no parts (`celery.backends.base.Backend.fallback_chord_unlock`). */
import { persistently } from "./persistence.js";
import { publishedFirst } from "./shapes.js";

/** The time before the first check, as in Celery. */
const FIRST_CHECK_S = 1;

/**
 * Sends the task that checks whether the header's tasks have ended, and then sends the body. It goes to the queue of the body,
 * whose worker may be of either language. If the body is a workflow, which has no queue, it goes to the queue of its first task.
 *
 * @param {import("./current-app.js").CanvasApp} app
 * @param {import("./current-app.js").GroupResult} header
 * @param {import("./types.js").AnySignature} body
 * @returns {Promise<void>} once the broker has the message
 */
export async function sendUnlock(app, header, body) {
  const [first = body] = publishedFirst(body);
  const { queue = first.options.queue ?? queueOf(app, first.task), priority, exchange, routingKey } = body.options;
  const options = {
    kwargs: { interval: null, max_retries: null, result: header.results.map((result) => result.asTuple()) },
    countdown: FIRST_CHECK_S,
    ignoreResult: true,
    routeName: first.task,
    ...(queue && { queue }),
    ...(typeof priority === "number" && { priority }),
    ...(exchange && { exchange }),
    ...(routingKey && { routingKey }),
  };
  await persistently(() => app.sendTask("celery.chord_unlock", [header.id, body], options));
}

/**
 * @param {import("./current-app.js").CanvasApp} app
 * @param {string} name
 * @returns {string | null | undefined} the queue among a task's own options, where it is registered
 */
const queueOf = (app, name) => (app.tasks.has(name) ? app.tasks.get(name).options?.queue : null);
