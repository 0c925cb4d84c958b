/** The contests of a Node worker under other conditions: watched, far from its server, on many queues, computing, idle. */
import { idleRound } from "../lib/idle-round.js";
import { measureRound } from "../lib/measure.js";
import {
  BULLMQ,
  CELERY_JS,
  CELERY_JS_EVENTS,
  CELERY_JS_METRICS,
  CELERY_JS_THREADS,
  celeryJsOn,
  RELIABLE,
  RELIABLE_METRICS,
} from "../systems.js";

/**
 * @typedef {import("../contests.js").Contest} Contest
 * @typedef {import("../contests.js").Contender} Contender
 */

/** @type {(name: string, system: import("../systems.js").System, load: import("../lib/measure.js").Load) => Contender} */
const worker = (name, system, load) => ({ name, run: async () => ({ ...(await measureRound(system, load)) }) });

const LOAD = { tasks: 10_000, warmUp: 3_000, concurrency: 50 };
const FAR = { ...LOAD, tasks: 5_000, isFar: true };

/** @type {Contest} */
const EVENTS = {
  name: "Events",
  about: "the same at concurrency 50, with all events on and a process that reads them, as Flower does",
  contenders: [worker("celery-js", CELERY_JS_EVENTS, { ...LOAD, isWatched: true }), worker("BullMQ", BULLMQ, LOAD)],
  budgetMs: 45_000,
};

const COUNTED = { ...LOAD, tasks: 100_000, warmUp: 10_000 };
const COUNTED_PYTHON = { tasks: 6_000, warmUp: 400, concurrency: 2 };

/** @type {Contest} */
const METRICS = {
  name: "Metrics, Node",
  about: "the same with 100,000 tasks, with and without counting them for Prometheus",
  contenders: [worker("with metrics", CELERY_JS_METRICS, COUNTED), worker("without", CELERY_JS, COUNTED)],
  budgetMs: 70_000,
};

/** @type {Contest} */
const METRICS_PYTHON = {
  name: "Metrics, Python",
  about: "one worker (-P prefork -c 2) empties a queue of 6,000 tasks, with and without counting them for Prometheus",
  contenders: [worker("with metrics", RELIABLE_METRICS, COUNTED_PYTHON), worker("without", RELIABLE, COUNTED_PYTHON)],
  budgetMs: 70_000,
};

/** @type {Contest} */
const PROXY = {
  name: "Far server",
  about: "5,000 tasks at concurrency 50, through a proxy that adds 1 ms to each round trip",
  contenders: [worker("celery-js", CELERY_JS, FAR), worker("BullMQ", BULLMQ, FAR)],
  budgetMs: 60_000,
};

/** @type {Contest} */
const QUEUES = {
  name: "Queues",
  about: "one Node worker on 1 queue and on 100 queues, with 10,000 tasks",
  contenders: [worker("1 queue", celeryJsOn(1), LOAD), worker("100 queues", celeryJsOn(100), LOAD)],
  budgetMs: 45_000,
};

/** @type {(threads: number) => Contender} */
const threads = (count) =>
  worker(`${count} ${count === 1 ? "thread" : "threads"}`, CELERY_JS_THREADS, {
    tasks: 300,
    warmUp: 60,
    concurrency: count,
  });

/** @type {Contest} */
const COMPUTING = {
  name: "Computing",
  about: "300 tasks that compute for some milliseconds, in 1 and in 2 threads",
  contenders: [threads(1), threads(2)],
  budgetMs: 50_000,
};

/** @type {Contest} */
const IDLE = {
  name: "Idle",
  about: "one Node worker from its start to its first task, and, 30 s later, 10 s without tasks",
  contenders: [{ name: "celery-js", run: () => idleRound(CELERY_JS) }],
  budgetMs: 50_000,
};

/** @type {Contest[]} */
export const CONDITIONS = [EVENTS, METRICS, METRICS_PYTHON, PROXY, QUEUES, COMPUTING, IDLE];
