/** The contests of clients: sending many tasks, and reading many results. */
import { clientRound } from "../lib/client-round.js";
import { QUEUE } from "../queues/names.js";
import { storeResults } from "../queues/stored-results.js";

/**
 * @typedef {import("../contests.js").Contest} Contest
 * @typedef {import("../contests.js").Contender} Contender
 * @typedef {import("../lib/client-round.js").Client} Client
 */

const SENT = 20_000;
const LARGE_RESULTS = 10_000;
const BULL_LIST = `bull:${QUEUE}:wait`;

/** @type {(name: string, file: string, mode: string, rest?: Partial<Client>, count?: number) => Contender} */
const client = (name, file, mode, rest = {}, count = SENT) => ({
  name,
  run: () => clientRound({ name, file, mode, list: QUEUE, ...rest }, count),
});

/** @type {Contest} */
const MANY = {
  name: "Clients, many",
  about: "one client process sends 20,000 tasks together",
  contenders: [
    client("sendTasks", "celery-js.js", "sendTasks"),
    client("group", "celery-js.js", "group"),
    client("addBulk", "bullmq.js", "addBulk", { list: BULL_LIST }),
    client("celery-node", "celery-node.js", "single"),
    client("celery-ts", "celery-ts.js", "single"),
  ],
  budgetMs: 50_000,
};

/** @type {Contest} */
const SINGLE = {
  name: "Clients, single",
  about: "one client process sends 20,000 tasks one by one, and waits for all together",
  contenders: [client("sendTask", "celery-js.js", "single"), client("add", "bullmq.js", "single", { list: BULL_LIST })],
  budgetMs: 45_000,
};

/** @type {Contest} */
const PYTHON_GROUP = {
  name: "Clients, Python group",
  about: "one Python client sends a group of 20,000 tasks",
  contenders: [
    client("reliable", "python_client.py", "group", { delivery: "reliable" }),
    client("stock", "python_client.py", "group"),
  ],
  budgetMs: 70_000,
};

const prepare = storeResults(10);
/** @type {Contest} */
const READ = {
  name: "Reading a group",
  about: "one client process reads the 20,000 stored results of a group",
  contenders: [
    client("celery-js", "celery-js.js", "read", { prepare }),
    client("Python", "python_client.py", "read", { prepare }),
  ],
  budgetMs: 45_000,
};

/** @type {Contest} */
const LARGE = {
  name: "Large results",
  about: "one client process awaits 1,000 and 10,000 results of 10 kB at once",
  contenders: [1_000, LARGE_RESULTS].map((count) =>
    client(
      `${count.toLocaleString("en")} results`,
      "celery-js.js",
      "awaitAll",
      { prepare: storeResults(10_000) },
      count,
    ),
  ),
  budgetMs: 30_000,
};

/** @type {Contest[]} */
export const CLIENTS = [MANY, SINGLE, PYTHON_GROUP, READ, LARGE];
