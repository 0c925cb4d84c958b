/** The contests: which systems take turns, under which load. */
import { CLIENTS } from "./contests/clients.js";
import { CONDITIONS } from "./contests/conditions.js";
import { LATENCIES } from "./contests/latency.js";
import { measureRound } from "./lib/measure.js";
import { largeQueue } from "./queues/celery.js";
import { BARE_LOOP, BEE_QUEUE, BULLMQ, CELERY_JS, CELERY_NODE, pythonSystems } from "./systems.js";

/**
 * @typedef {Record<string, number>} Figures what one round of one contender showed, by the figure's name
 * @typedef {Record<string, Figures>} Round by the contender's name
 *
 * @typedef {object} Contender
 * @property {string} name
 * @property {() => Promise<Figures>} run one round
 *
 * @typedef {object} Contest
 * @property {string} name
 * @property {string} about what is measured, for the report
 * @property {Contender[]} contenders in the order of their turns
 * @property {number} budgetMs no round is started that would not end within this time, but for the first three
 */

/**
 * @param {import("./systems.js").System[]} systems
 * @param {import("./lib/measure.js").Load} load
 * @returns {Contender[]}
 */
const workersUnder = (systems, load) =>
  systems.map((system) => ({ name: system.name, run: async () => ({ ...(await measureRound(system, load)) }) }));

/** V8 compiles a worker's code during its first ten thousand tasks or so. */
const MANY = { tasks: 30_000, warmUp: 10_000 };

/** @type {Contest} */
const NODE_50 = {
  name: "Node, concurrency 50",
  about: "one worker process empties a queue of 30,000 tasks that add two numbers, after 10,000 to warm up",
  contenders: workersUnder([CELERY_JS, BULLMQ, BEE_QUEUE, CELERY_NODE, BARE_LOOP], {
    ...MANY,
    concurrency: 50,
  }),
  budgetMs: 80_000,
};

/**
 * @param {string} pool
 * @param {number} concurrency
 * @param {import("./systems.js").System[]} [systems]
 * @returns {Contest}
 */
const python = (pool, concurrency, systems = pythonSystems(pool)) => ({
  name: `Python, ${pool}`,
  about: `one worker (-P ${pool} -c ${concurrency}) empties a queue of 1,500 tasks, after 400 to warm up`,
  contenders: workersUnder(systems, { tasks: 1_500, warmUp: 400, concurrency }),
  budgetMs: 80_000,
});

const PREFORK = python("prefork", 2);
/** Without the peer that no bar is about. */
const PREFORK_QUICK = python("prefork", 2, pythonSystems("prefork").slice(0, 3));
const THREADS = python("threads", 2);
const SOLO = python("solo", 1);

/** @type {Contest} */
const NODE_1 = {
  name: "Node, concurrency 1",
  about: "the same at concurrency 1, with 5,000 tasks after 1,500",
  contenders: workersUnder([CELERY_JS, BULLMQ], { tasks: 5_000, warmUp: 1_500, concurrency: 1 }),
  budgetMs: 50_000,
};

/** @type {Contest} */
const NODE_100 = {
  name: "Node, concurrency 100",
  about: "the same at concurrency 100",
  contenders: workersUnder([CELERY_JS, BULLMQ, CELERY_NODE], { ...MANY, concurrency: 100 }),
  budgetMs: 65_000,
};

/** @type {Contest} */
const PROCESSES = {
  name: "Commands",
  about: "commands of the server a task, when 1, 2, 4 and 8 worker processes share a queue of 20,000 tasks",
  contenders: [1, 2, 4, 8].map((processes) => ({
    name: `${processes} ${processes === 1 ? "process" : "processes"}`,
    run: async () => {
      const load = { tasks: 20_000, warmUp: 5_000, concurrency: 50, processes };
      const { commands, serverCpuUs, perSecond } = await measureRound(CELERY_JS, load);
      return { commands, serverCpuUs, perSecond };
    },
  })),
  budgetMs: 60_000,
};

/** @type {Contest} */
const PAYLOADS = {
  name: "Payloads of 1 MB",
  about: "150 tasks with an argument of 1 MB, after 30 to warm up, at concurrency 4",
  contenders: workersUnder(
    [CELERY_JS, BARE_LOOP].map((system) => ({ ...system, queue: largeQueue })),
    { tasks: 150, warmUp: 30, concurrency: 4 },
  ),
  budgetMs: 50_000,
};

/** @type {(tasks: number) => Contender} */
const long = (tasks) => ({
  name: `${tasks.toLocaleString("en")} tasks`,
  run: async () => ({ ...(await measureRound(CELERY_JS, { tasks, warmUp: 3_000, concurrency: 50 })) }),
});

/** @type {Contest} */
const MILLION = {
  name: "A million",
  about: "one Node worker at concurrency 50, with 10,000, 100,000 and 1,000,000 tasks waiting",
  contenders: [long(10_000), long(100_000), long(1_000_000)],
  budgetMs: 900_000,
};

/** What each of the command line's words plays. @type {Record<string, Contest[]>} */
export const PROGRAMMES = {
  quick: [NODE_50, PREFORK_QUICK],
  all: [
    ...[NODE_50, NODE_100, NODE_1, PREFORK, THREADS, SOLO],
    ...[...CLIENTS, ...LATENCIES, PROCESSES, PAYLOADS, ...CONDITIONS],
  ],
  long: [MILLION],
};
