import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";

import { DuplicateTaskError, ImproperlyConfigured } from "../../src/errors.js";
import { discoverTasks } from "../../src/tasks/discover.js";
import { runnableExtensions } from "../../src/tasks/task-files.js";
import { DEFINE, folder, useProject } from "../support/task-folders.js";

useProject();

/**
 * @param {Record<string, string>} files
 * @returns {Promise<string[]>} the names of the tasks that are found
 */
async function namesIn(files) {
  const tasks = await discoverTasks(folder(files), { prefix: "js_workers.tasks" });
  return tasks.map(({ name }) => name);
}

describe("names", () => {
  test("consist of prefix, path and export, in path order", async () => {
    const files = {
      "billing/invoices.js": "export const send = () => 1; export async function charge() {}",
      "billing/deep/er/send-invoice.mjs": "export const run = () => 1;",
      "example/arithmetic.js": "export const add = (x, y) => x + y;",
    };
    assert.deepEqual(await namesIn(files), [
      "js_workers.tasks.billing.deep.er.send-invoice.run",
      "js_workers.tasks.billing.invoices.charge",
      "js_workers.tasks.billing.invoices.send",
      "js_workers.tasks.example.arithmetic.add",
    ]);
  });

  test("a default export is named after its path or its folder", async () => {
    const files = {
      "billing/index.js": "export const total = () => 1;",
      "mail/send.js": "export default () => 1;",
      "mail/index.js": "export default () => 1;",
    };
    assert.deepEqual(await namesIn(files), [
      "js_workers.tasks.billing.total",
      "js_workers.tasks.mail",
      "js_workers.tasks.mail.send",
    ]);
  });

  test('the option "name" overrides path and export', async () => {
    const directory = folder({
      "a.js": `import { task } from ${JSON.stringify(DEFINE)};
        export const charge = task({ name: "billing.charge", maxRetries: 5 }, () => 1);
        export const plain = () => 2;`,
    });
    const tasks = await discoverTasks(pathToFileURL(directory), { prefix: "t" });
    assert.deepEqual(
      tasks.map(({ name, fn, options, file }) => ({ name, result: Reflect.apply(fn, undefined, []), options, file })),
      [
        {
          name: "billing.charge",
          result: 1,
          options: { name: "billing.charge", maxRetries: 5 },
          file: resolve(directory, "a.js"),
        },
        { name: "t.a.plain", result: 2, options: {}, file: resolve(directory, "a.js") },
      ],
    );
  });

  test("the prefix may be empty", async () => {
    const tasks = await discoverTasks(folder({ "a.js": "export const add = () => 1;" }), { prefix: "" });
    assert.deepEqual(
      tasks.map(({ name }) => name),
      ["a.add"],
    );
  });

  test("two tasks of one name are refused, naming both files and lines", async () => {
    const directory = folder({
      "mail/send.js": "export const nowhere = () => 0;\nexport const now = () => 1;",
      "mail/index.js": "",
      "mail/send/now.js": "/** Sends. */\nexport default () => 1;",
    });
    const [second, first] = [`${directory}/mail/send/now.js:2`, `${directory}/mail/send.js:2`];
    await assert.rejects(
      discoverTasks(directory, { prefix: "t" }),
      new DuplicateTaskError(`${second}: the task name t.mail.send.now is taken by ${first}: rename one of them`),
    );
  });

  test("a function with its own name may be exported again", async () => {
    const files = {
      "mail/index.js": 'export * from "./send.js";',
      "mail/send.js": `import { task } from ${JSON.stringify(DEFINE)};
        export const send = task({ name: "send" }, () => 1);`,
    };
    assert.deepEqual(await namesIn(files), ["send"]);
  });

  test("a file whose name cannot be part of a task's name is refused", async () => {
    for (const [path, segment] of [
      ["mail/send now.js", "send now"],
      ["mail.out/send.js", "mail.out"],
      ["mail/send.config.js", "send.config"],
    ]) {
      const directory = folder({ [path]: "" });
      await assert.rejects(
        discoverTasks(directory, { prefix: "t" }),
        new ImproperlyConfigured(
          `${directory}/${path}: "${segment}" cannot be part of a task's name; rename it, with letters, digits, "_" and "-" only, ` +
            'or start it with "_" if it holds no tasks',
        ),
      );
    }
  });

  test("an export that cannot be part of a task's name is refused", async () => {
    const directory = folder({ "a.js": 'const f = () => 1; export { f as "a b" };' });
    await assert.rejects(
      discoverTasks(directory, { prefix: "t" }),
      new ImproperlyConfigured(
        `${directory}/a.js: the export "a b" cannot be a task's name; rename it, or give it the option "name"`,
      ),
    );
  });
});

describe("anything that is not a task is skipped", () => {
  test("classes, constants and objects", async () => {
    const files = {
      "a.js":
        "export class A {} export class B extends Error {} export const n = 1; export const o = { f() {} }; export let u;",
    };
    assert.deepEqual(await namesIn(files), []);
  });

  test("hidden, private and test files, and other kinds of file", async () => {
    const broken = "this is no JavaScript";
    const files = {
      "_shared.js": broken,
      ".hidden.js": broken,
      "_lib/a.js": broken,
      ".cache/a.js": broken,
      "node_modules/pkg/index.js": broken,
      "a.test.js": broken,
      "a.spec.mjs": broken,
      "a.d.ts": broken,
      "a.d.mts": broken,
      "a.json": broken,
      "README.md": broken,
      "a.js": "export const add = () => 1;",
    };
    assert.deepEqual(await namesIn(files), ["js_workers.tasks.a.add"]);
  });

  test("an empty folder is not an error, a missing one is", async () => {
    assert.deepEqual(await namesIn({}), []);
    await assert.rejects(
      discoverTasks("nowhere/tasks", { prefix: "t" }),
      new ImproperlyConfigured("there is no task folder nowhere/tasks"),
    );
    const directory = folder({ "file.js": "" });
    await assert.rejects(discoverTasks(join(directory, "file.js"), { prefix: "t" }), ImproperlyConfigured);
  });
});

/**
 * @param {string} directory
 * @param {{ extensions?: string[] }} [options]
 */
async function found(directory, options) {
  /** @type {string[]} */
  const skipped = [];
  const onSkipped = (/** @type {string} */ sentence) => skipped.push(sentence);
  const tasks = await discoverTasks(directory, { prefix: "t", onSkipped, ...options });
  return { names: tasks.map(({ name }) => name), skipped: skipped.map((text) => text.replaceAll(directory, "TASKS")) };
}

describe("files that may hold tasks are read or reported", () => {
  test("links to files and folders are followed, unless in a circle", async () => {
    const elsewhere = folder({
      "team/mail.js": "export const send = () => 1;",
      "one.js": "export const run = () => 1;",
    });
    const directory = folder({ "a.js": "" });
    symlinkSync(resolve(elsewhere, "one.js"), join(directory, "one.js"));
    symlinkSync(resolve(elsewhere, "team"), join(directory, "linked"));
    symlinkSync(resolve(directory), join(elsewhere, "team", "circle"));

    assert.deepEqual(await found(directory), {
      names: ["t.linked.mail.send", "t.one.run"],
      skipped: ["TASKS/linked/circle is not read: the link leads back to a folder above it"],
    });
  });

  test("CommonJS modules", async () => {
    const directory = folder({ "a.cjs": "exports.add = () => 1;", "b.cjs": "module.exports = () => 1;" });
    assert.deepEqual(await found(directory), { names: ["t.a.add", "t.b"], skipped: [] });
  });

  test("TypeScript is read if Node runs it, else reported", async () => {
    const directory = folder({
      "a.ts": "export const add = (x: number): number => x;",
      "b.mts": "export const mul = (x: number) => x;",
      "c.d.ts": "no declaration",
    });
    const sentence = `needs Node 22.18 or newer; this is ${process.versions.node}`;
    const skipped = ["a.ts", "b.mts"].map((name) => `TASKS/${name} is not read: it ${sentence}`);
    const runs = runnableExtensions().includes(".ts");
    assert.deepEqual(
      await found(directory),
      runs ? { names: ["t.a.add", "t.b.mul"], skipped: [] } : { names: [], skipped },
    );
  });

  test("files that Node cannot run are reported by default", async () => {
    const directory = folder({ "Mail.JS": "", "view.tsx": "", "typed.ts": "", "a.js": "export const add = () => 1;" });
    const { skipped } = await found(directory);
    assert.deepEqual(
      skipped.filter((text) => !text.includes("typed.ts")),
      [
        "TASKS/Mail.JS is not read: Node runs no .JS; rename it to .js",
        "TASKS/view.tsx is not read: Node runs no .tsx; build it to .js",
      ],
    );
    assert.deepEqual(await found(directory, { extensions: [".js"] }), { names: ["t.a.add"], skipped: [] });
  });
});

test("a function of a CommonJS module is found once", async () => {
  const files = { "package.json": "{}", "a.js": "exports.add = () => 1;", "b.js": "module.exports = () => 1;" };
  assert.deepEqual(await namesIn(files), ["js_workers.tasks.a.add", "js_workers.tasks.b"]);
});
