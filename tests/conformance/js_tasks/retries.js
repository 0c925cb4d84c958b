/** Tasks that are tried again. */
import { setTimeout as delay } from "node:timers/promises";
import { task } from "../celery-js.js";
import { append } from "../ledger.js";

const SOON_S = 0.2;

class ConnectionError extends Error {}
class ConnectionRefusedError extends ConnectionError {}

/** Succeeds with the `times`-th retry and returns how often it has been retried. */
export const retry_until = task({ bind: true }, (self, times, countdown = SOON_S) => {
  const { retries } = self.request;
  if (retries < times) self.retry({ countdown, exc: new ConnectionError(`attempt ${retries}`) });
  return retries;
});

export const give_up = task({ bind: true, maxRetries: 1 }, (self, _label) => self.retry({ countdown: SOON_S }));

export const give_up_with = task({ bind: true, maxRetries: 1 }, (self, message) => {
  self.retry({ countdown: SOON_S, exc: new ConnectionError(message) });
});

const BACKOFF = { retryBackoff: 1, retryBackoffMax: 1, retryJitter: false, maxRetries: 2 };

/** Fails twice, with pauses of a second between the attempts. */
export const flaky = task({ bind: true, autoretryFor: [ConnectionError], ...BACKOFF }, (self, ledger) => {
  append(ledger, "attempt", String(self.request.retries));
  if (self.request.retries < 2) throw new ConnectionRefusedError("not yet");
  return self.request.retries;
});

/** Fails with an error that `dontAutoretryFor` keeps from being retried. */
export const hopeless = task(
  { autoretryFor: [ConnectionError], dontAutoretryFor: [ConnectionRefusedError], retryKwargs: { countdown: SOON_S } },
  async (ledger) => {
    append(ledger, "attempt", "");
    await delay(0);
    throw new ConnectionRefusedError("never");
  },
);

/** Fails every time: the third attempt's error is the result. */
export const unlucky = task(
  { autoretryFor: [ConnectionError], maxRetries: 2, retryKwargs: { countdown: SOON_S } },
  (ledger) => {
    append(ledger, "attempt", "");
    throw new ConnectionError("again");
  },
);
