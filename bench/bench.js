/**
 * `make bench` and `make bench-quick`: contests between this project's workers and others, and how they compare with the
 * bars. `node bench/bench.js quick 1` plays one round of each, to try something; `all 1 Clients` of those
 * with that name.
 * Exits with 0 once it has measured, whether or not a bar is met; with 1 when a system did not do its work.
 */
import { verdicts } from "./bars.js";
import { PROGRAMMES } from "./contests.js";
import { endAll, endWithSignals } from "./lib/processes.js";
import { barsText, contestText, machineText, roundText } from "./lib/report.js";
import { versions, writeResults } from "./lib/results.js";

const MIN_ROUNDS = 3;
const MAX_ROUNDS = 9;

/** @typedef {import("./contests.js").Round} Round */

/**
 * The contenders take turns.
 *
 * @param {import("./contests.js").Contest} contest
 * @param {number} wanted rounds; NaN: as many as fit into the contest's time
 * @returns {Promise<Round[]>}
 */
async function play(contest, wanted) {
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
    if (rounds.length >= MAX_ROUNDS || rounds.length === wanted || (isOver && rounds.length >= MIN_ROUNDS))
      return rounds;
  }
}

/**
 * @param {string} programme
 * @param {number} wanted
 * @param {string} only a part of the names of the contests to play
 */
async function main(programme, wanted, only) {
  const shown = Object.entries(versions()).map(([name, version]) => `${name} ${version}`);
  process.stdout.write(`${machineText()}${shown.join(", ")}\n`);
  const played = [];
  const bars = [];
  for (const contest of PROGRAMMES[programme].filter(({ name }) => name.includes(only))) {
    const { name, about } = contest;
    process.stdout.write(`\n== ${name}: ${about}\n`);
    const rounds = await play(contest, wanted);
    process.stdout.write(contestText(rounds));
    played.push({ name, about, rounds });
    bars.push(...verdicts(name, rounds));
    writeResults(programme, played, bars);
  }
  process.stdout.write(barsText(bars));
  process.stdout.write(`\nbench/results/${programme}.json and ${programme}.svg have all figures\n`);
}

endWithSignals();
const [word = "all", rounds, only = ""] = process.argv.slice(2);
try {
  if (!Object.hasOwn(PROGRAMMES, word)) throw new Error(`${word}: use ${Object.keys(PROGRAMMES).join(" or ")}`);
  await main(word, Number.parseInt(rounds, 10), only);
} catch (error) {
  process.stderr.write(`bench: ${/** @type {Error} */ (error).message}\n`);
  process.exitCode = 1;
} finally {
  endAll();
}
