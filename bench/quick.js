/**
 * `make bench-quick`: the same tasks through celery-js, BullMQ and celery-node in turn, and how they compare. Exits
 * with 0 once it has measured, whether or not the bar is reached; with 1 when a system did not do its work.
 */
import { measureRound } from "./lib/measure.js";
import { endAll, endWithSignals } from "./lib/processes.js";
import { machineText, reportText, roundText } from "./lib/report.js";
import { SYSTEMS } from "./systems.js";

/** Measured in each round, after a warm-up that lets every worker connect and its code be compiled. */
const TASKS = 10_000;
const WARM_UP = 3_000;
const CONCURRENCY = 50;
const MIN_ROUNDS = 3;
const MAX_ROUNDS = 9;
/** No round is started that would not end within this time, so that a slow machine is done in two minutes as well. */
const BUDGET_MS = 90_000;

/** @typedef {import("./lib/measure.js").Measurement} Measurement */

/** @returns {Promise<Record<string, Measurement>[]>} per round, by the system's name */
async function measureRounds() {
  const rounds = [];
  const startedAt = performance.now();
  for (;;) {
    /** @type {Record<string, Measurement>} */
    const round = {};
    for (const system of SYSTEMS) {
      round[system.name] = await measureRound(system, { tasks: TASKS, warmUp: WARM_UP, concurrency: CONCURRENCY });
    }
    rounds.push(round);
    process.stdout.write(roundText(rounds.length, round));
    const elapsedMs = performance.now() - startedAt;
    const isOver = elapsedMs + elapsedMs / rounds.length > BUDGET_MS;
    if (rounds.length >= MAX_ROUNDS || (isOver && rounds.length >= MIN_ROUNDS)) return rounds;
  }
}

endWithSignals();
process.stdout.write(machineText({ tasks: TASKS, warmUp: WARM_UP, concurrency: CONCURRENCY }));
try {
  process.stdout.write(reportText(await measureRounds()));
} catch (error) {
  process.stderr.write(`bench: ${/** @type {Error} */ (error).message}\n`);
  process.exitCode = 1;
} finally {
  endAll();
}
