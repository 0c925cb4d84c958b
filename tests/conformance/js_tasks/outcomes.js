/** Tasks that end in every way there is, and what becomes of their messages. */
import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { Ignore, Reject, signature, task } from "../celery-js.js";
import { camelCaseKeys } from "../js_settings.js";
import { append } from "../ledger.js";

const LOOK_MS = 20;
const SOON_S = 0.2;

class ConnectionError extends Error {}
class KeyError extends Error {}
class ValueError extends Error {}

async function waitFor(file) {
  while (!existsSync(file)) await delay(LOOK_MS);
}

export const tracked = task({ trackStarted: true }, async (file) => {
  await waitFor(file);
  return "done";
});

export const progress = task({ bind: true }, async (self, file) => {
  await self.updateState("PROGRESS", { done: 1, of: 2 });
  await waitFor(file);
  return "done";
});

/** Stores a custom state. */
export const ignore_after = task({ bind: true }, async (self, state, meta) => {
  await self.updateState(state, meta);
  throw new Ignore();
});

export const update_other = task({ bind: true }, async (self, taskId, state, meta) => {
  await self.updateState(state, meta, { taskId });
  return self.request.id;
});

/** Stores its failure itself. */
export const fail_itself = task({ bind: true }, async (self, message) => {
  await self.updateState("FAILURE", new ValueError(message));
  throw new Ignore();
});

const ATTRIBUTES = {
  max_retries: "maxRetries",
  default_retry_delay: "defaultRetryDelay",
  rate_limit: "rateLimit",
  ignore_result: "ignoreResult",
  track_started: "trackStarted",
  trail: "trail",
  send_events: "sendEvents",
  serializer: "serializer",
  time_limit: "timeLimit",
  soft_time_limit: "softTimeLimit",
  acks_on_failure: "acksOnFailure",
  acks_on_timeout: "acksOnTimeout",
  store_errors_even_if_ignored: "storeErrorsEvenIfIgnored",
  priority: "priority",
  expires: "expires",
  typing: "typing",
  resultrepr_maxsize: "resultreprMaxsize",
};

/** Its options, with the values in force. */
export const attributes = task({ bind: true, maxRetries: 5, acksOnTimeout: false, priority: 2 }, (self) =>
  Object.fromEntries(Object.entries(ATTRIBUTES).map(([celerys, name]) => [celerys, self[name]])),
);

export const reject_once = task({ bind: true, acksLate: true }, (self, ledger) => {
  append(ledger, "run", "");
  if (!self.request.deliveryInfo.redelivered) throw new Reject("not now", { requeue: true });
  return "second time";
});

export const expected = task({ throws: [KeyError] }, (key) => {
  throw new KeyError(key);
});

export const fail_unheard = task({ ignoreResult: true }, (message) => {
  throw new ValueError(message);
});

export const fail_heard = task({ ignoreResult: true, storeErrorsEvenIfIgnored: true }, (message) => {
  if (message) throw new ValueError(message);
});

export const early = task({ acksLate: false }, async (ledger, label, seconds) => {
  append(ledger, "start", label);
  await delay(seconds * 1000);
  return label;
});

export const fail_unacknowledged = task({ acksLate: true, acksOnFailure: false }, (ledger) => {
  append(ledger, "run", "");
  throw new ValueError("no");
});

/** Until it is given up: a task that went on would be a zombie, of which its worker bears few. */
const forEver = (self) => delay(60_000, undefined, { signal: self.signal });

async function hangOnce(self, ledger) {
  append(ledger, "run", "");
  if (!self.request.deliveryInfo.redelivered) await forEver(self);
  return "second time";
}

export const hang_once = task({ bind: true, acksLate: true, acksOnTimeout: false, timeLimit: 1 }, (self, ledger) => {
  return hangOnce(self, ledger);
});

export const hang_once_older = task(
  { bind: true, acksLate: true, acksOnFailureOrTimeout: false, timeLimit: 1 },
  (self, ledger) => hangOnce(self, ledger),
);

export const hang = task({ bind: true, acksLate: true, timeLimit: 1 }, async (self, ledger) => {
  append(ledger, "run", "");
  await forEver(self);
});

export const sleep = async (seconds) => {
  await delay(seconds * 1000);
  return "slept";
};

export const sleep_limited = task({ timeLimit: 1 }, (seconds) => sleep(seconds));

/** Retries with options, and returns what has become of them. */
export const retry_with = task({ bind: true }, (self, given, { ..._kwargs } = {}, ..._args) => {
  const { request } = self;
  if (request.retries === 0) {
    const { link, link_error, ...others } = given;
    const links = { ...(link && { link: signature(link) }), ...(link_error && { linkError: signature(link_error) }) };
    self.retry({ countdown: SOON_S, ...camelCaseKeys(others), ...links });
  }
  return {
    args: request.args.slice(1),
    kwargs: request.kwargs,
    headers: request.headers,
    limits: [request.timeLimit, request.softTimeLimit],
    priority: request.deliveryInfo.priority,
    queue: request.deliveryInfo.routing_key,
    eta: request.eta,
    expires: request.expires,
    shadow: request.shadow,
    reply_to: request.replyTo,
    correlation_id: request.correlationId,
    ignore_result: Boolean(request.ignoreResult),
    callbacks: (request.callbacks ?? []).length,
    errbacks: (request.errbacks ?? []).length,
    retries: request.retries,
    root_id: request.rootId,
  };
});

/** Sends itself again, and goes on. */
export const retry_aside = task({ bind: true }, (self, ledger) => {
  append(ledger, "run", String(self.request.retries));
  if (self.request.retries > 0) return "retried";
  const retry = self.retry({ countdown: SOON_S, throw: false });
  return retry.constructor.name;
});

export const retry_at_most = task({ bind: true }, (self, ledger, limit) => {
  append(ledger, "run", "");
  self.retry({ countdown: SOON_S, maxRetries: limit, exc: new ConnectionError("enough") });
});

export const autoretry_once = task(
  { autoretryFor: [ConnectionError], retryKwargs: { maxRetries: 1, countdown: SOON_S } },
  (ledger) => {
    append(ledger, "run", "");
    throw new ConnectionError("again");
  },
);

export const autoretry_all = task(
  { autoretryFor: [Error], retryKwargs: { maxRetries: 1, countdown: SOON_S } },
  (ledger, how) => {
    append(ledger, "run", how);
    throw how === "ignore" ? new Ignore() : new Reject("no");
  },
);
