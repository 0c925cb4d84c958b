/** What the guide and its pages name is there. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { signals } from "../src/index.js";
import { resolveSettings } from "../src/settings.js";
import { checkTaskOptions } from "../src/tasks/options.js";

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
