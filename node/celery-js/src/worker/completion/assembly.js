/** Assembles the parts that complete messages: follow-ups, results, acknowledgements. */
import { Callbacks } from "../../execution/follow-ups/callbacks.js";
import { Chords } from "../../execution/follow-ups/chords.js";
import { createPersist, FollowUps } from "../../execution/follow-ups/follow-ups.js";
import { ResultEncoder } from "../../protocol/result-encoder.js";
import { Completer } from "./completer.js";
import { createSettle, SettleBatcher } from "./settle-batcher.js";

/**
 * @typedef {object} Completion
 * @property {Completer} completer
 * @property {SettleBatcher} settleBatcher
 * @property {ResultEncoder} resultEncoder
 * @property {Callbacks} callbacks
 * @property {FollowUps} followUps
 * @property {Chords["downstream"]} downstream
 * @property {(taskId: string, result: string) => Promise<boolean>} store see `SettleBatcher.store`
 *
 * @param {import("../lifecycle/assembly.js").Plan} plan
 * @param {object} parts
 * @param {import("../../transport/transport.js").Consumer} parts.taskConsumer
 * @param {import("../observers/task-observers.js").TaskObservers} parts.observers
 * @returns {Completion}
 */
export function createCompletion({ app, hostname, log, reporter, closed }, { taskConsumer, observers }) {
  const settleBatcher = new SettleBatcher({
    settle: createSettle({ app, taskConsumer, reporter, closed }),
    onGone: (taskId) => reporter.onGone(taskId, "acknowledge"),
    onFailed: reporter.onUnsettled,
    onFault: (error, taskId) => log.error({ task_id: taskId, error }, `Task ${taskId} was not completed cleanly`),
  });
  const store = (/** @type {string} */ taskId, /** @type {string} */ result) => settleBatcher.store(taskId, result);
  const resultEncoder = new ResultEncoder(app.settings, hostname);
  const persist = createPersist(closed, log);
  const callbacks = new Callbacks({ app, persist, log });
  const chords = new Chords({ app, log, persist, callbacks, resultEncoder, store });
  const canCarry = taskConsumer.capabilities.canStoreResultsWithSettle;
  const followUps = new FollowUps({ app, callbacks, chords, store, canCarry, log });
  const onGone = (/** @type {string} */ taskId) => reporter.onGone(taskId, "put back");
  const completer = new Completer({ taskConsumer, settleBatcher, resultEncoder, followUps, observers, onGone, log });
  const { downstream } = chords;
  return { completer, settleBatcher, resultEncoder, callbacks, followUps, downstream, store };
}
