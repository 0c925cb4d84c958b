/** The contests of latency. */
import { clientRound } from "../lib/client-round.js";
import { pythonWorker } from "../lib/workers.js";
import { QUEUE } from "../queues/names.js";
import { CELERY_JS } from "../systems.js";

/** @typedef {import("../contests.js").Contest} Contest */

const RUNS = 100;
const PYTHON = pythonWorker("early", "prefork");

/** @type {Contest} */
const PUBLISH_TO_START = {
  name: "Latency",
  about: "from sending to the start of the task, at 200 tasks a second for 10 s, one Node worker, else idle",
  contenders: [
    {
      name: "celery-js",
      run: () =>
        clientRound({ name: "celery-js", file: "celery-js.js", mode: "pace", list: QUEUE }, 2_000, CELERY_JS.start),
    },
  ],
  budgetMs: 45_000,
};

/** @type {(mode: string) => Contest} */
const workflow = (mode) => ({
  name: `Latency, ${mode} of 10`,
  about: `a ${mode} of 10 tasks, sent and awaited ${RUNS} times one after the other, after ${RUNS} to warm up`,
  contenders: [
    {
      name: "celery-js",
      run: () => clientRound({ name: "celery-js", file: "celery-js.js", mode, list: QUEUE }, RUNS, CELERY_JS.start),
    },
    {
      name: "stock Python",
      run: () =>
        clientRound({ name: "stock Python", file: "python_client.py", mode, list: QUEUE }, RUNS, (port) =>
          PYTHON(port, 2),
        ),
    },
  ],
  budgetMs: 40_000,
});

/** @type {Contest[]} */
export const LATENCIES = [PUBLISH_TO_START, workflow("chord"), workflow("chain")];
