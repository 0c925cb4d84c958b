/**
 * Prints measures of how readable the source is: sizes, imports and the number of files that a message passes through in
 * celery-js, and the untyped lines of celery-reliable. Needs the server's program in VALKEY_SERVER, as it sends a message for
 * the last three.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hops } from "./hops.js";
import { circles, upwardImports } from "./layers.js";
import { readSources } from "./sources.js";

/** A file that only one other imports, and that is shorter than this, may be a part of that one. */
const SMALL_LINES = 40;

const sources = readSources();
const fileLines = sources.map(({ lines }) => lines);
const functionLines = sources.flatMap(({ functions }) => functions.map(({ lines }) => lines));
const importers = new Map();
for (const { imports } of sources) {
  for (const target of new Set(imports)) importers.set(target, (importers.get(target) ?? 0) + 1);
}
const small = sources.filter(({ path, lines }) => lines < SMALL_LINES && importers.get(path) === 1);
const withAny = sources.flatMap(({ text }) => text.split("\n")).filter((line) => /[{<(|,:]\s*any\b/.test(line));
const withPythonAny = pythonLines().filter((line) => /^(?!.*\bimport\b).*[[:=>,] ?Any\b/.test(line));
const { send, take, back } = await hops();

const rows = [
  ["files / lines", `${sources.length} / ${sum(fileLines)}`],
  ["file median / max", `${percentile(fileLines, 50)} / ${Math.max(...fileLines)}`],
  ["files over 300 lines", fileLines.filter((lines) => lines > 300).length],
  ["function p50 / p90 / max", [50, 90, 100].map((share) => percentile(functionLines, share)).join(" / ")],
  ["lines with `any`", withAny.length],
  ["lines with `Any`, celery-reliable", withPythonAny.length],
  [
    "imports, upward, circles",
    [sum(sources.map(({ imports }) => imports.length)), upwardImports(sources).length, circles(sources).length].join(
      ", ",
    ),
  ],
  [`one importer, under ${SMALL_LINES} lines`, small.length],
  ["files on the way: send", send.length],
  ["files on the way: take to function", take.length],
  ["files on the way: result back", back.length],
];
for (const [measure, value] of rows) process.stdout.write(`${String(measure).padEnd(36)} ${value}\n`);
if (process.argv.includes("--names")) {
  for (const [way, paths] of Object.entries({ send, take, back, small: small.map(({ path }) => path) })) {
    process.stdout.write(`\n${way}:\n  ${paths.join("\n  ")}\n`);
  }
}

/** @returns {string[]} all lines of celery-reliable */
function pythonLines() {
  const folder = fileURLToPath(new URL("../../python/celery-reliable/celery_reliable/", import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.pyi?$/.test(name));
  return files.flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n"));
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

/** @param {number[]} numbers @param {number} share in percent */
function percentile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * share) / 100))];
}
