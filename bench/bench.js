/**
 * `make bench` and `make bench-quick`: contests between this project's workers and others, and how they compare with the
 * bars. Exits with 0 once it has measured, whether or not a bar is met; with 1 when a system did not do its work.
 */
import { NODE_50, PREFORK, SOLO, THREADS } from "./contests.js";
import { endAll, endWithSignals } from "./lib/processes.js";
import { contestText, machineText, roundText } from "./lib/report.js";

/** By the command line's word. @type {Record<string, import("./contests.js").Contest[]>} */
const PROGRAMMES = {
  quick: [NODE_50, PREFORK],
  all: [NODE_50, PREFORK, THREADS, SOLO],
};
const MIN_ROUNDS = 3;
const MAX_ROUNDS = 9;

/** @typedef {import("./contests.js").Round} Round */

/** The contenders take turns. @param {import("./contests.js").Contest} contest @returns {Promise<Round[]>} */
async function play(contest) {
  /** @type {Round[]} */
  const rounds = [];
  const startedAt = performance.now();
  for (;;) {
    /** @type {Round} */
    const round = {};
    for (const { name, run } of contest.contenders) round[name] = await run();
    rounds.push(round);
    process.stdout.write(roundText(rounds.length, round));
    const elapsedMs = performance.now() - startedAt;
    const isOver = elapsedMs + elapsedMs / rounds.length > contest.budgetMs;
    if (rounds.length >= MAX_ROUNDS || (isOver && rounds.length >= MIN_ROUNDS)) return rounds;
  }
}

/** @param {import("./contests.js").Contest[]} contests */
async function main(contests) {
  process.stdout.write(machineText());
  for (const contest of contests) {
    process.stdout.write(`\n== ${contest.name}: ${contest.about}\n`);
    process.stdout.write(contestText(await play(contest)));
  }
}

endWithSignals();
const [word = "all"] = process.argv.slice(2);
try {
  if (!Object.hasOwn(PROGRAMMES, word)) throw new Error(`${word}: use ${Object.keys(PROGRAMMES).join(" or ")}`);
  await main(PROGRAMMES[word]);
} catch (error) {
  process.stderr.write(`bench: ${/** @type {Error} */ (error).message}\n`);
  process.exitCode = 1;
} finally {
  endAll();
}
