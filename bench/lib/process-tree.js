/** A process and its descendants, as Linux's /proc or `ps` shows them: a prefork worker's work is done by its children. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

const HAS_PROC = existsSync("/proc/self/stat");
/** Clock ticks a second: a constant of Linux's interface to programs. */
const TICKS_PER_S = 100;

/**
 * @typedef {object} Entry
 * @property {number} pid
 * @property {number} parent
 * @property {number} cpuUs user and system time of all its threads
 */

/** @param {number} root @returns {Entry[]} the process and its descendants, the process first; empty once it has ended */
export function processTree(root) {
  const entries = HAS_PROC ? entriesOfProc() : entriesOfPs();
  const tree = entries.filter(({ pid }) => pid === root);
  // Grows while it is walked, by the children of each.
  for (const { pid } of tree) tree.push(...entries.filter(({ parent }) => parent === pid));
  return tree;
}

/**
 * @param {number} root
 * @returns {{ cpuUs: number, peakRssMb: number }} of the process and its living descendants together. Memory that they
 *   share counts several times. Without /proc the memory is NaN.
 */
export function treeUsage(root) {
  const tree = processTree(root);
  return {
    cpuUs: tree.reduce((sum, { cpuUs }) => sum + cpuUs, 0),
    peakRssMb: HAS_PROC ? tree.reduce((sum, { pid }) => sum + peakRssMb(pid), 0) : Number.NaN,
  };
}

/** @returns {Entry[]} */
function entriesOfProc() {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const stat = textOf(`/proc/${pid}/stat`);
    // The name, in brackets, may contain anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = Number(fields[11]) + Number(fields[12]);
    return stat ? [{ pid: Number(pid), parent: Number(fields[1]), cpuUs: (ticks / TICKS_PER_S) * 1e6 }] : [];
  });
}

/** @returns {Entry[]} */
function entriesOfPs() {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,time="], { encoding: "utf8" }).trim().split("\n");
  return lines.map((line) => {
    const [pid, parent, time] = line.trim().split(/\s+/);
    const seconds = time.split(/[-:]/).reduce((sum, part) => sum * 60 + Number(part), 0);
    return { pid: Number(pid), parent: Number(parent), cpuUs: seconds * 1e6 };
  });
}

/** @param {number} pid */
const peakRssMb = (pid) => Number(/^VmHWM:\s+(\d+)/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;

/** @param {number} pid @returns {number} NaN without /proc */
export const rssMb = (pid) =>
  HAS_PROC ? Number(/^VmRSS:\s+(\d+)/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0) / 1024 : Number.NaN;

/** @param {string} file @returns {string} empty when the process has just ended */
function textOf(file) {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
