/**
 * A program that uses celery-ts, either bare or through `celery-js/celery-ts`: `node program.js <bare|adapter> <url> <scenario>`.
 * It prints what became of it as JSON. With the adapter it ends by itself; the bare package leaves timers and connections behind.
 */
import { Client, createClient } from "celery-ts";
import { celeryTsOptions } from "../../src/celery-ts/index.js";
import { Celery } from "../../src/index.js";

/** @typedef {import("celery-ts").TaskApplyOptions} TaskApplyOptions */

const [kind, url, scenario] = process.argv.slice(2);
const client = kind === "bare" ? createClient({ brokerUrl: url, resultBackend: url }) : adapted();

function adapted() {
  const settings = { brokerUrl: url, resultBackend: url, taskDefaultQueue: "celery", taskPublishTimeout: 1 };
  return new Client(celeryTsOptions(new Celery("client", settings)));
}

/**
 * @param {string} name
 * @param {unknown[]} [args]
 * @param {Partial<TaskApplyOptions>} [options]
 */
const send = (name, args = [], options = {}) => client.createTask(name).applyAsync({ args, kwargs: {}, ...options });

/**
 * @param {Promise<unknown>} promise
 * @returns {Promise<unknown>} what it came to
 */
const outcome = (promise) =>
  promise.then(
    (value) => ({ value }),
    (error) => ({ error: { name: error.name, message: error.message } }),
  );

/** @type {Record<string, () => Promise<unknown> | unknown>} */
const SCENARIOS = {
  add: () => outcome(send("add", [1, 2]).get()),
  fail: () => outcome(send("fail", ["no"]).get()),
  /** It expires while it waits for its eta: the package misses a result that is there before it has begun to listen. */
  expire: () => {
    const [expires, eta] = [500, 1_000].map((ms) => new Date(Date.now() + ms));
    return outcome(send("add", [1, 2], { expires, eta }).get());
  },
  retry: () => outcome(send("retry", []).get()),
  /** Asks for two results, of which the first comes only after the second has been there. */
  overtake: async () => {
    const slow = send("gate").get();
    const quick = await outcome(send("add", [1, 2]).get(2_000));
    send("open");
    await slow;
    return quick;
  },
  /** Sends to a queue that nobody looks at, and waits for the gate. */
  priorities: async () => {
    const opened = send("gate").get();
    send("record", ["less urgent"], { queue: "unattended", priority: 9 });
    send("record", ["urgent"], { queue: "unattended" });
    await opened;
  },
  eight: async () => {
    const opened = send("gate").get();
    for (let n = 0; n < 8; n++) send("add", [n, 0], { queue: "unattended" });
    await opened;
  },
  /** Waits, and says how many timers it has by then. */
  watch: async () => {
    const seen = await outcome(send("gate").get());
    return { ...Object(seen), timers: process.getActiveResourcesInfo().filter((name) => name === "Timeout").length };
  },
  /** The first task fails, and nobody asks: the second one's result says that the process is still there. */
  forgetFailure: () => {
    send("fail", ["no"]);
    return outcome(send("add", [1, 2]).get());
  },
  forgetAll: () => void send("add", [1, 2], { queue: "unattended" }),
};

// Bare, it misses what is published before its subscription is in force: the worker looks whether it is.
await send("begin", [kind]).get();
const result = await SCENARIOS[scenario]();
process.stdout.write(`${JSON.stringify(result ?? {})}\n`, () => kind === "bare" && process.exit());
