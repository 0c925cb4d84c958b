/**
 * What the types promise to users of the package. Nothing here is run: `tsc` fails when a line that should be refused is
 * not, and when one is that should not. `tests/conformance/test_package.py` checks it against the packed package too.
 */
import {
  type BoundTask,
  Celery,
  type Context,
  chain,
  chord,
  currentTask,
  getTaskLogger,
  group,
  type Retry,
  type Settings,
  TaskError,
  type TaskOptions,
  task,
} from "celery-js";
import { eagerApp } from "celery-js/testing";

/** Accepts a value of exactly this type; `any` is another one. */
declare function exactly<T>(): <V>(value: 0 extends V & 1 ? never : [T, V] extends [V, T] ? V : never) => void;

interface Order {
  invoice: string;
  amount: number;
}

/** `self` needs no annotation. */
export const charge = task({ bind: true, maxRetries: 5 }, async (self, { invoice, amount }: Order) => {
  exactly<string>()(self.request.id);
  exactly<number>()(self.request.retries);
  exactly<Context>()(self.request);
  exactly<AbortSignal>()(self.signal);
  exactly<Retry>()(self.retry({ countdown: 10, throw: false }));
  self.log.info({ invoice }, self.name);
  await self.updateState("PROGRESS", { done: 3, of: 9 });
  await self.updateState("PROGRESS", {}, { taskId: "another" });
  exactly<number | null>()(self.maxRetries);
  exactly<boolean>()(self.acksLate);
  exactly<number | null>()(self.timeLimit);
  // @ts-expect-error: it is read-only
  self.maxRetries = 5;
  // @ts-expect-error: there is no such member
  self.nothing;
  // @ts-expect-error: there is no such field
  self.request.retriez;
  // @ts-expect-error: it is `countdown`
  self.retry({ countDown: 10 });
  // @ts-expect-error: seconds are a number
  self.retry({ countdown: "10" });
  // @ts-expect-error: a state has a name
  await self.updateState({ done: 3 });
  if (amount > 1_000) throw self.retry({ countdown: 10 });
  return amount;
});

/** With an annotation, for a separate function. */
async function refund(self: BoundTask, invoice: string) {
  return `${self.request.id}:${invoice}`;
}
export const refunded = task({ bind: true }, refund);

// @ts-expect-error: it is `maxRetries`
task({ bind: true, maxRetry: 5 }, (self, x: number) => self.request.retries + x);
// @ts-expect-error: it is `timeLimit`
task({ timelimit: 5 }, (x: number) => x);
// @ts-expect-error: a whole number, or null
task({ maxRetries: "5" }, (x: number) => x);
task({ bind: true } satisfies TaskOptions, (self, x: number) => self.request.retries + x);

const settings: Settings = { brokerUrl: "redis://localhost", taskAlwaysEager: undefined };
const app = new Celery("app", { ...settings, taskRoutes: { "js_workers.*": "js-queue" } });
// @ts-expect-error: it is `brokerUrl`
new Celery("app", { brokerURL: "redis://localhost" });
// @ts-expect-error: seconds are a number
new Celery("app", { resultExpires: "1 day" });

new Celery("app", { taskAnnotations: { "*": { rateLimit: "10/s", throws: [TypeError] } } });
// @ts-expect-error: it is `rateLimit`
new Celery("app", { taskAnnotations: [{ "orders.get": { rateLimt: "10/s" } }] });
new Celery("app", {
  brokerUrl: ["amqp://a", "amqp://b"],
  workerConcurrency: "auto",
  acceptContent: ["json"],
  enableUtc: true,
});
// @ts-expect-error: times are in UTC
new Celery("app", { enableUtc: false });
// @ts-expect-error: Node has no beat
new Celery("app", { beatSchedule: {} });
app.conf.taskRoutes = { "orders.*": "orders" };
app.conf.update({ resultExpires: 60 });
exactly<string>()(app.conf.brokerUrl);
exactly<number>()(app.conf.workerConcurrency);
// @ts-expect-error: it is `taskRoutes`
app.conf.update({ taskRoute: {} });

// @ts-expect-error: it is `taskTimeLimit`
eagerApp({ taskTimelimit: 1 });

const add = app.task("add", (x: number, y: number) => x + y);
const show = app.task("show", (x: number) => `${x}`);

export async function calls() {
  exactly<number>()(add.defaultRetryDelay);
  exactly<number>()(await (await app.task("charge", charge).delay({ invoice: "R-17", amount: 1 })).get());
  exactly<string>()(await (await app.task("refund", { bind: true }, refund).delay("R-17")).get());
  exactly<number>()(
    await (await app.task("own", { bind: true }, (self, x: number) => self.request.retries + x).delay(1)).get(),
  );
  // @ts-expect-error: there is no such member
  app.task("own", { bind: true }, (self) => self.nothing);
  // @ts-expect-error: an order has an amount
  await app.task("charge", charge).delay({ invoice: "R-17" });
  // @ts-expect-error: x is a number
  await add.delay("1", 2);
  // @ts-expect-error: y is missing
  await add.delay(1);

  exactly<Order>()(await (await app.sendTask<Order>("orders.get", ["R-17"])).get());
  exactly<Order>()(await app.AsyncResult<Order>("an-id").get());
  (await (await app.sendTask("anything")).get()).whatever;
  // @ts-expect-error: it is `countdown`
  await app.sendTask("orders.get", [], { countDown: 1 });
}

export async function workflows() {
  exactly<string>()(await (await chain(add.s(1, 2), show.s()).delay()).get());
  exactly<number[]>()(await (await group(add.s(1, 2), add.s(3, 4)).delay()).get());
  exactly<(string | number)[]>()(await (await group([add.s(1, 2), show.s(3)]).delay()).get());
  exactly<string | string[]>()(await (await chain(add.s(1, 2), group(show.s(), show.s())).delay()).get());
  exactly<string>()(await (await chord([add.s(1, 2), add.s(3, 4)], show.s()).delay()).get());
}

export async function helpers() {
  exactly<string | undefined>()(currentTask()?.request.id);
  currentTask()?.sendEvent("task-progress", { done: 3 });
  getTaskLogger("shop").info({ article: 1 }, "a line");
  // @ts-expect-error: there is no such method
  getTaskLogger("shop").warning("a line");
  const set = app.ResultSet([await add.delay(1, 2)]);
  await set.join({ callback: (taskId, value) => [taskId.length, value], interval: 1, noAck: true });
  exactly<number[]>()(
    await group(add.s(1, 2))
      .skew(1, null, 2)
      .delay()
      .then((result) => result.get()),
  );
  await app.AsyncResult("an-id").revokeByStampedHeaders({ tenant: "shop" }, { wait: true, timeout: 1 });
}

export async function failures() {
  try {
    await (await add.delay(1, 2)).get({ timeout: 10 });
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    exactly<string>()(error.excType);
    exactly<string>()(error.excModule);
    exactly<string | null>()(error.traceback);
    exactly<unknown[]>()(error.args);
    // @ts-expect-error: there is no such member
    error.exc_type;
  }
}
