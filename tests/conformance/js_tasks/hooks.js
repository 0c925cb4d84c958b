/** A task whose handlers write down what they were called with; `raising` names one that fails. */
import { setTimeout as delay } from "node:timers/promises";
import { Ignore, Reject, task } from "../celery-js.js";
import { append } from "../ledger.js";

class RuntimeError extends Error {}
class ValueError extends Error {}
class ConnectionError extends Error {}

/** Writes down a call; of an error its class and its message. */
function note(handler, [ledger, , raising], ...values) {
  const shown = values.map((value) => (value instanceof Error ? `${value.constructor.name}: ${value.message}` : value));
  append(ledger, handler, JSON.stringify(shown));
  if (raising === handler) throw new RuntimeError(`${handler} failed`);
}

const handlers = {
  beforeStart(taskId, args, kwargs) {
    note("before_start", args, taskId, args.slice(1), kwargs, this.request.retries);
  },

  async onSuccess(retval, taskId, args, kwargs) {
    const stored = await this.app.AsyncResult(taskId).state;
    note("on_success", args, retval, taskId, args.slice(1), kwargs, stored);
  },

  onFailure(exc, taskId, args, kwargs, einfo) {
    const traceback = einfo.traceback.includes(exc.message);
    note("on_failure", args, exc, taskId, args.slice(1), kwargs, traceback);
  },

  onRetry(exc, taskId, args, kwargs, einfo) {
    const hasTraceback = typeof einfo.traceback === "string";
    note("on_retry", args, exc, taskId, args.slice(1), kwargs, hasTraceback, this.request.retries);
  },

  async afterReturn(status, retval, taskId, args, kwargs, einfo) {
    note("after_return", args, status, retval, taskId, args.slice(1), kwargs, einfo, this.request.id);
  },

  onReplace(signature) {
    note("on_replace", this.request.args, signature.task, signature.id === this.request.id);
  },
};

export const observed = task(
  { bind: true, ...handlers },
  async (self, ledger, outcome, _raising = "", { queue = "", tag: _tag = null } = {}) => {
    append(ledger, "run", outcome);
    if (outcome === "fail") throw new ValueError("no");
    if (outcome === "retry" && self.request.retries === 0) {
      self.retry({ countdown: 0.2, exc: new ConnectionError("later") });
    }
    if (outcome === "hang") await delay(60_000, undefined, { signal: self.signal });
    if (outcome === "ignore") throw new Ignore();
    if (outcome === "reject") throw new Reject("not here");
    if (outcome === "replace") self.replace(self.app.signature("conformance.basic.echo", ["other"], { queue }));
    return outcome;
  },
);
