/** What the guide and its pages name is there. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ELSEWHERE } from "../src/cli/commands.js";
import { signals } from "../src/index.js";
import { checkTaskOptions } from "../src/tasks/options.js";
import { FIXED_SETTINGS } from "../src/validation/fixed-settings.js";
import { REFUSED_SETTINGS } from "../src/validation/refused-settings.js";
import { resolveSettings } from "../src/validation/resolve-settings.js";

/** @param {string} page @param {string} heading @returns {string[]} the code in the first column of the tables below it */
function named(page, heading) {
  const text = readFileSync(new URL(`../${page}`, import.meta.url), "utf8");
  const section = text.split(`\n## ${heading}\n`)[1].split("\n## ")[0];
  const cells = [...section.matchAll(/^\| (`.*?) \|/gm)].map(([, cell]) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
}

test("the guide names settings that exist", () => {
  const [, section] =
    /\n## Settings\n(.*?)\n## /s.exec(readFileSync(new URL("../README.md", import.meta.url), "utf8")) ?? [];
  const names = [...section.matchAll(/`(\w+)`/g)].map(([, name]) => name);

  assert.ok(names.includes("brokerUrl"));
  resolveSettings(Object.fromEntries(names.map((name) => [name, undefined])));
});

test("the page on tasks names options that exist", () => {
  const names = named("docs/tasks.md", "Options");

  assert.ok(names.includes("maxRetries"));
  checkTaskOptions(Object.fromEntries(names.map((name) => [name, null])), "task");
});

test("the page on tasks lists every signal", () => {
  assert.deepEqual(named("docs/tasks.md", "Handlers and signals").sort(), Object.keys(signals).sort());
});

/** @param {string} page @param {string} head of a table @returns {string[]} the table's rows */
function rowsBelow(page, head) {
  const [, after] = readFileSync(new URL(`../docs/${page}`, import.meta.url), "utf8").split(`\n${head}\n`);
  const [table] = after.split("\n\n");
  return table.trimEnd().split("\n").slice(1);
}

test("the page on compatibility lists the settings that take one value", () => {
  const rows = Object.entries(FIXED_SETTINGS).map(([name, { values, help }]) => {
    const shown = values.map((value) => `\`${typeof value === "number" ? value : JSON.stringify(value)}\``);
    return `| \`${name}\` | ${shown.join(", ")} | ${help} |`;
  });

  assert.deepEqual(rowsBelow("celery-compatibility.md", "| Setting | Value | Why no other |"), rows);
});

test("the page on compatibility lists the settings that are refused", () => {
  const rows = REFUSED_SETTINGS.map(
    ({ why, names }) => `| ${names.map((name) => `\`${name}\``).join(", ")} | ${why} |`,
  );

  assert.deepEqual(rowsBelow("celery-compatibility.md", "| Settings | Why |"), rows);
});

test("the page on the command line lists Celery's commands that are missing", () => {
  const rows = Object.entries(ELSEWHERE).map(([name, instead]) => `| \`${name}\` | ${instead} |`);

  assert.deepEqual(rowsBelow("command-line.md", "| Celery's command | Instead |"), rows);
});
