/** What the benchmark prints. */
import { availableParallelism } from "node:os";

/** Our share of each competitor's throughput that this project promises. */
const BAR = /** @type {const} */ ({ BullMQ: 1.5, "celery-node": 2.5 });
const OURS = "celery-js";

/** @typedef {import("./measure.js").Measurement} Measurement */
/** @typedef {Record<string, Measurement>} Round by the system's name */

/** @param {{ tasks: number, warmUp: number, concurrency: number }} load */
export function machineText({ tasks, warmUp, concurrency }) {
  return (
    `${tasks} tasks a round after ${warmUp} to warm up, one worker process, concurrency ${concurrency}, ` +
    `Node ${process.versions.node}, ${availableParallelism()} CPUs\n`
  );
}

/** @param {number} number @param {Round} round */
export function roundText(number, round) {
  const rates = Object.entries(round).map(([name, { perSecond }]) => `${name} ${perSecond.toFixed(0)}/s`);
  return `round ${number}: ${rates.join(", ")}\n`;
}

/** @param {Round[]} rounds @returns {string} the medians, the ratios, and whether they reach the bar */
export function reportText(rounds) {
  const rows = Object.keys(rounds[0]).map((name) => {
    const of = (/** @type {keyof Measurement} */ field) => median(rounds.map((round) => round[name][field])).toFixed(0);
    return [name, of("perSecond"), of("workerCpuUs"), of("serverCpuUs"), of("peakRssMb")];
  });
  const head = ["median", "tasks/s", "CPU us/task", "server CPU us/task", "peak RSS MB"];
  const ratios = Object.entries(BAR).map(([name, least]) => ({ name, least, ofRounds: ratiosTo(name, rounds) }));
  const isReached = ratios.every(({ least, ofRounds }) => median(ofRounds) >= least);
  const promise = ratios.map(({ name, least }) => `>= ${least} x ${name}`).join(" and ");
  return [
    "",
    ...aligned([head, ...rows]),
    "",
    ...aligned([
      ["tasks/s, ratio", "median", "per round"],
      ...ratios.map(({ name, ofRounds }) => [
        `${OURS} : ${name}`,
        median(ofRounds).toFixed(2),
        ofRounds.map((ratio) => ratio.toFixed(2)).join(" "),
      ]),
    ]),
    "",
    `bar: ${promise}: ${isReached ? "reached" : "not reached"}`,
    "",
  ].join("\n");
}

/** @param {string} name @param {Round[]} rounds */
const ratiosTo = (name, rounds) => rounds.map((round) => round[OURS].perSecond / round[name].perSecond);

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {string[][]} rows @returns {string[]} the first column to the left, the others to the right */
function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("   "),
  );
}
