/** The contests: which systems take turns, under which load. */
import { measureRound } from "./lib/measure.js";
import { BARE_LOOP, BULLMQ, CELERY_JS, CELERY_NODE, pythonSystems } from "./systems.js";

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

/** @type {Contest} */
export const NODE_50 = {
  name: "Node, concurrency 50",
  about: "one worker process empties a queue of 10,000 tasks that add two numbers, after 3,000 to warm up",
  contenders: workersUnder([CELERY_JS, BULLMQ, CELERY_NODE, BARE_LOOP], {
    tasks: 10_000,
    warmUp: 3_000,
    concurrency: 50,
  }),
  budgetMs: 75_000,
};

/** @param {string} pool @param {number} concurrency @returns {Contest} */
const python = (pool, concurrency) => ({
  name: `Python, ${pool}`,
  about: `one worker (-P ${pool} -c ${concurrency}) empties a queue of 4,000 tasks, after 1,000 to warm up`,
  contenders: workersUnder(pythonSystems(pool), { tasks: 4_000, warmUp: 1_000, concurrency }),
  budgetMs: 90_000,
});

export const PREFORK = python("prefork", 2);
export const THREADS = python("threads", 2);
export const SOLO = python("solo", 1);
