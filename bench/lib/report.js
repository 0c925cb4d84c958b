/** What the benchmark prints while it runs. */
import { availableParallelism, cpus, release, type } from "node:os";
import { median } from "./median.js";

/** @typedef {import("../contests.js").Round} Round */

/** The figures' columns, in their order. @type {Record<string, string>} */
const COLUMNS = {
  perSecond: "per second",
  workerCpuUs: "CPU us/task",
  serverCpuUs: "server CPU us/task",
  peakRssMb: "peak RSS MB",
  clientCpuUs: "CPU us/task",
  commands: "commands/task",
  p50Ms: "p50 ms",
  p99Ms: "p99 ms",
  startMs: "start ms",
  idleCpuPercent: "CPU %",
  commandsPerSecond: "commands/s",
  idleRssMb: "RSS MB",
};

/** A median of fewer says little. */
const ENOUGH_ROUNDS = 5;

/** @returns {string} the machine and the runtime */
export function machineText() {
  const model = cpus()[0]?.model.trim() || "unknown processor";
  return `Node ${process.versions.node}, ${type()} ${release()}, ${availableParallelism()} CPUs (${model})\n`;
}

/** @param {number} number @param {Round} round */
export function roundText(number, round) {
  const rates = Object.entries(round).map(([name, figures]) => {
    const [figure, value] = Object.entries(figures)[0];
    return `${name} ${shown(value)}${figure === "perSecond" ? "/s" : ""}`;
  });
  return `round ${number}: ${rates.join(", ")}\n`;
}

/** @param {Round[]} rounds @returns {string} the medians, and every contender's lowest and highest rate */
export function contestText(rounds) {
  const figures = Object.keys(Object.values(rounds[0])[0]);
  const rows = Object.keys(rounds[0]).map((name) => {
    const of = (/** @type {string} */ figure) => rounds.map((round) => round[name][figure]);
    const spread = [Math.min(...of(figures[0])), Math.max(...of(figures[0]))].map(shown).join(" to ");
    return [name, ...figures.map((figure) => shown(median(of(figure)))), spread];
  });
  const head = [`median of ${rounds.length}`, ...figures.map((figure) => COLUMNS[figure] ?? figure)];
  return `\n${aligned([[...head, `${head[1]}, spread`], ...rows]).join("\n")}\n`;
}

/** @param {import("../bars.js").Verdict[]} bars @returns {string} every bar in a line */
export function barsText(bars) {
  const rows = bars.map(({ contest, text, value, perRound, target, met, unit }) => {
    const spread = `${shown(Math.min(...perRound))} to ${shown(Math.max(...perRound))}`;
    const count = `${perRound.length} rounds${perRound.length < ENOUGH_ROUNDS ? ": too few" : ""}`;
    return [
      `${contest}: ${text}`,
      `${shown(value)} ${unit}`,
      `${target} ${unit}`,
      met ? "met" : "not met",
      spread,
      count,
    ];
  });
  const head = ["bar", "median", "target", "", "per round", ""];
  return `\n${aligned([head, ...rows]).join("\n")}\n${bars.filter(({ met }) => met).length} of ${bars.length} bars met\n`;
}

/** @param {number} value */
const shown = (value) => (value >= 20 ? value.toFixed(0) : value.toFixed(2));

/** @param {string[][]} rows @returns {string[]} the first column to the left, the others to the right */
export function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("   "),
  );
}
