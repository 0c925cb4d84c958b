/**
 * The same in JavaScript that `tsc` checks (`checkJs`), as most tasks are written. Nothing here is run: `tsc` fails when a line
 * that should be refused is not.
 */
import { task } from "celery-js";

export const charge = task(
  { bind: true, maxRetries: 5 },
  /** @param {import("celery-js").BoundTask} self @param {{ invoice: string, amount: number }} order */
  async (self, { invoice, amount }) => `${self.request.id}: ${invoice} ${amount.toFixed(2)}`,
);

export const refund = task({ bind: true, timeLimit: 30 }, async (self, { invoice }) => {
  self.log.info({ invoice, attempt: self.request.retries.toFixed() }, "refunding");
  // @ts-expect-error: there is no such member
  self.nothing;
  // @ts-expect-error: it is `countdown`
  self.retry({ countDown: 10 });
  self.signal.throwIfAborted();
  return self.retry({ countdown: 10 });
});

// @ts-expect-error: it is `maxRetries`
export const wrong = task({ bind: true, maxRetry: 5 }, (self) => self.request.id);
