/**
 * `celery-js shell`: a shell with an app and its tasks, like `celery shell`. It shows the result of a task instead of its
 * `AsyncResult`. `python -m celery_reliable.shell` does the same for an app in Python.
 */
import { once } from "node:events";
import { GroupResult } from "../app/group-result.js";
import { AsyncResult } from "../app/result.js";
import { chain, chord, group, signature } from "../canvas/compose.js";
import { loadApp } from "./app.js";

const RESULT_TIMEOUT_S = 30;

/** @typedef {import("../app/celery.js").Celery} Celery */

/** @type {import("./command.js").Command} */
export const SHELL = {
  summary: "Start a shell with the app and all its tasks.\n\nIt shows the results of tasks: add.delay(1, 2)",
  run: async ({ values, terminal }) => {
    const app = await loadApp(values, { fromWorker: true });
    const names = symbols(app);
    terminal.print(greeting(names));
    const { start } = await import("node:repl");
    const shell = start({ prompt: "> ", useColors: terminal.isColored });
    Object.assign(shell.context, names);
    const finished = inTurn(shell);
    await once(shell, "exit");
    await finished();
    await app.close();
    return 0;
  },
};

/**
 * If two tasks share a function name, the first in alphabetical order gets it; `app.tasks.get("full.name")` finds the other.
 *
 * @param {Celery} app
 * @returns {Record<string, any>} the names of a shell: the app, the canvas, and each task under its function's name
 */
function symbols(app) {
  /** @type {Record<string, unknown>} */
  const names = { app, chain, chord, group, signature };
  for (const fullName of ownTasks(app)) {
    const name = fullName.slice(fullName.lastIndexOf(".") + 1);
    names[name] ??= app.tasks.get(fullName);
  }
  return names;
}

/** @param {Celery} app */
function ownTasks(app) {
  const names = app.tasks.names().filter((name) => !name.startsWith("celery."));
  return names.sort();
}

/**
 * @param {Record<string, any>} names
 * @returns {string} the lines that a shell begins with
 */
function greeting({ app, chain: _, chord: __, group: ___, signature: ____, ...tasks }) {
  const width = Math.max(0, ...Object.keys(tasks).map((name) => name.length));
  const named = new Set(Object.values(tasks).map((task) => task.name));
  const nameless = ownTasks(app).filter((fullName) => !named.has(fullName));
  return [
    "The app is `app`. `add.delay(1, 2)` shows the task's result; `r = await add.delay(1, 2)` keeps it.",
    ...Object.entries(tasks).map(([name, task]) => `  ${name.padEnd(width)}  ${task.name}`),
    ...nameless.map((fullName) => `  app.tasks.get("${fullName}")`),
  ].join("\n");
}

/**
 * Makes a shell evaluate its lines one by one, also when they are piped into it: each waits for the result of the one before.
 *
 * @param {import("node:repl").REPLServer} shell
 * @returns {() => Promise<void>} resolves once all lines are evaluated
 */
function inTurn(shell) {
  const { displayPrompt, eval: evaluate } = shell;
  /** @type {Array<() => void>} */
  const waiting = [];
  let isBusy = false;
  let lines = 0;
  let onIdle = () => {};
  const next = () => {
    const start = waiting.shift();
    isBusy = start !== undefined;
    lines++;
    if (start) start();
    else onIdle();
  };
  /** @param {() => void} done ends a line; after the end of its input, Node 24 shows no prompt */
  const finish = (done) => {
    const line = lines;
    done();
    if (lines === line) next();
  };
  // Called after every line. After an error in the line, the shell calls nothing else.
  shell.displayPrompt = (...args) => {
    displayPrompt.apply(shell, args);
    next();
  };
  /** @type {typeof evaluate} */
  const evaluateAndWait = (code, context, file, done) => {
    waiting.push(() => {
      const line = lines;
      let isAnswered = false;
      evaluate.call(shell, code, context, file, (error, value) => {
        isAnswered = true;
        if (error) finish(() => done(error, undefined));
        else
          shown(value).then(
            (result) => finish(() => done(null, result)),
            (thrown) => finish(() => done(thrown, undefined)),
          );
      });
      // It has thrown. Code that awaits answers later, with its error too.
      if (!isAnswered && !code.includes("await")) setImmediate(() => lines === line && next());
    });
    // Evaluated at once, so that the shell knows before the next line whether this one is complete.
    if (!isBusy) next();
  };
  // `eval` is read-only only in the types.
  Object.assign(shell, { eval: evaluateAndWait });
  return () =>
    new Promise((resolve) => {
      onIdle = resolve;
      if (!isBusy) resolve();
    });
}

/**
 * @param {unknown} value
 * @returns {Promise<unknown>} what a shell shows of it: of a promise its value, of a sent task its result
 * @throws {unknown} the task's error, or a `TimeoutError` if there is no result within 30 s
 */
async function shown(value) {
  const settled = await value;
  if (settled instanceof AsyncResult) return settled.get({ timeout: RESULT_TIMEOUT_S });
  return settled instanceof GroupResult ? settled.join({ timeout: RESULT_TIMEOUT_S }) : settled;
}
