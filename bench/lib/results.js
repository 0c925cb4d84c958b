/** The files that a run leaves under bench/results. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { chart } from "./chart.js";
import { peerVersions } from "./python-peers.js";
import { machineText } from "./report.js";
import { pythonBinary } from "./server.js";

const FOLDER = new URL("../results/", import.meta.url);

/** @typedef {{ name: string, about: string, rounds: import("../contests.js").Round[] }} Played */

/**
 * Written after each contest, so that a run that is stopped leaves what it has measured.
 *
 * @param {string} word `quick` or `all`: the files' name
 * @param {Played[]} contests
 * @param {import("../bars.js").Verdict[]} bars
 */
export function writeResults(word, contests, bars) {
  mkdirSync(FOLDER, { recursive: true });
  const report = {
    date: new Date().toISOString(),
    machine: machineText().trim(),
    versions: versions(),
    bars,
    contests,
  };
  writeFileSync(new URL(`${word}.json`, FOLDER), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(new URL(`${word}.svg`, FOLDER), chart(contests));
}

/** @returns {Record<string, string>} of what is compared, as installed */
export const versions = () => ({ ...nodeVersions(), ...pythonVersions(), ...peerVersions() });

function nodeVersions() {
  const { dependencies } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return Object.fromEntries(
    Object.keys(dependencies).map((name) => {
      const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url);
      return [name, JSON.parse(readFileSync(manifest, "utf8")).version];
    }),
  );
}

function pythonVersions() {
  const script =
    "import importlib.metadata as m, json, platform\n" +
    "names = ('celery', 'kombu', 'redis', 'celery-reliable')\n" +
    "print(json.dumps({'python': platform.python_version(), **{name: m.version(name) for name in names}}))";
  return JSON.parse(execFileSync(pythonBinary(), ["-c", script], { encoding: "utf8" }));
}
