/**
 * A JavaScript client that sends tasks in every way there is: runs every scenario below against the queues that it is given,
 * and prints what each came to as JSON. Of several queues, one task after the other goes to the next.
 */
import { Celery } from "./celery-js.js";

const { settings, queues } = JSON.parse(process.argv[2]);
const app = new Celery("conformance_sending", settings);
const TIMEOUT = { timeout: 20 };

let sent = 0;
const queue = () => queues[sent++ % queues.length];
const send = (task, args = [], options = {}) =>
  app.sendTask(`conformance.${task}`, args, { queue: queue(), ...options });
const call = async (...sending) => (await send(...sending)).get(TIMEOUT);
/** What a task sees of a message with these options. */
const seen = (options) => call("context.show", [1], options);
const errorOf = async (result) => (await result.get({ ...TIMEOUT, propagate: false })).name;
/** Where a task goes that an app with these routes sends. */
const routed = async (taskRoutes) => {
  const other = new Celery("conformance_routes", { ...settings, taskRoutes });
  const result = await other.sendTask("conformance.context.show", [1]);
  return (await result.get(TIMEOUT)).delivery_info.routing_key;
};

const SCENARIOS = {
  queue: async () => {
    const name = queue();
    return (await seen({ queue: name })).delivery_info.routing_key === name;
  },
  "routing key and exchange": async () => {
    const name = queue();
    const { delivery_info: info } = await seen({ queue: undefined, exchange: name, routingKey: name });
    return [info.exchange === name, info.routing_key === name];
  },
  priority: async () => (await seen({ priority: 3 })).delivery_info.priority,
  countdown: async () => {
    const before = Date.now();
    const { eta } = await seen({ countdown: 0.3 });
    return [Date.now() - before >= 300, Date.parse(eta) >= before + 300];
  },
  eta: async () => {
    const eta = new Date(Date.now() + 300);
    const request = await seen({ eta });
    return [Date.now() >= eta.getTime(), Date.parse(request.eta) === eta.getTime()];
  },
  expires: async () => [
    await errorOf(await send("basic.add", [1, 2], { expires: -1 })),
    await call("basic.add", [1, 2], { expires: new Date(Date.now() + 60_000) }),
  ],
  "time limits": async () => (await call("outcomes.retry_with", [{}], { timeLimit: 20, softTimeLimit: 15 })).limits,
  headers: async () => (await seen({ headers: { tenant: "shop" } })).headers,
  shadow: async () => (await seen({ shadow: "shown" })).shadow,
  "reply to and correlation id": async () => {
    const request = await seen({ replyTo: "replies", correlationId: "given" });
    return [request.reply_to, request.correlation_id];
  },
  "task id": async () => {
    const taskId = `sending-${queues.join("-")}-${process.pid}`;
    const result = await send("basic.add", [1, 2], { taskId });
    return [result.id === taskId, await app.AsyncResult(taskId).get(TIMEOUT)];
  },
  "ignored result": async () => {
    const last = app.signature("conformance.basic.echo", [1], { immutable: true, queue: queue(), taskId: undefined });
    const { id } = last.freeze();
    const result = await send("basic.add", [1, 2], { ignoreResult: true, link: last });
    await app.AsyncResult(id).get(TIMEOUT);
    return [await result.get(), await app.AsyncResult(result.id).exists()];
  },
  link: async () => {
    const links = [10, 20].map((n) => app.signature("conformance.basic.add", [n], { queue: queue() }));
    const results = links.map((link) => link.freeze());
    await call("basic.add", [1, 2], { link: links });
    return Promise.all(results.map((result) => result.get(TIMEOUT)));
  },
  "error link": async () => {
    const errback = app.signature("conformance.basic.measure", [], { queue: queue() });
    const { id } = errback.freeze();
    await errorOf(await send("errors.fail", ["no"], { linkError: errback }));
    return app.AsyncResult(id).get(TIMEOUT);
  },
  "retry policy": () => call("basic.add", [1, 2], { retry: true, retryPolicy: { maxRetries: 2, intervalStart: 0.1 } }),
  gzip: () => call("basic.measure", ["x".repeat(10_000)], { compression: "gzip" }),
  zlib: () => call("basic.echo", ["Grüße"], { compression: "zlib" }),
  "route of a name": async () => {
    const name = queue();
    return (await routed({ "conformance.context.*": "nowhere", "conformance.context.show": name })) === name;
  },
  "route of a glob": async () => {
    const name = queue();
    return (await routed({ "conformance.context.*": { queue: name } })) === name;
  },
  "route of a pattern": async () => {
    const name = queue();
    return (await routed([[[/conformance\.\w+\.show$/, { queue: name }]]])) === name;
  },
  "route of a function": async () => {
    const name = queue();
    return (await routed((task, args) => (task.endsWith("show") && args[0] === 1 ? name : null))) === name;
  },
  "first route of several": async () => {
    const [first, other] = [queue(), "nowhere"];
    return (await routed([() => null, { "conformance.context.show": first }, { "*": other }])) === first;
  },
  "many at once": async () => {
    /** @type {import("../../node/celery-js/src/publishing/send-many.js").SendTaskArguments[]} */
    const tasks = Array.from({ length: 200 }, (_, n) => ["conformance.basic.add", [n, n], { queue: queue() }]);
    const results = await app.sendTasks(tasks);
    return (await Promise.all(results.map((result) => result.get(TIMEOUT)))).every((value, n) => value === 2 * n);
  },
};

const entries = await Promise.all(
  Object.entries(SCENARIOS).map(async ([name, scenario]) => [
    name,
    await scenario().catch((error) => `${error.name}: ${error.message}`),
  ]),
);
process.stdout.write(`${JSON.stringify(Object.fromEntries(entries))}\n`);
