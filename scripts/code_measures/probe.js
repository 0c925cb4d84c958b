/** Sends or runs a few tasks, and reports to the parent process which files the last ones passed through. */
import { Session } from "node:inspector";
import { setTimeout as delay } from "node:timers/promises";
import { Celery } from "../../node/celery-js/src/index.js";

/**
 * The first messages, which connect and warm up, do not count. Of the next ones, only files that all of them use count, so that
 * a timer that fires meanwhile does not.
 */
const WARM_UP = 10;
const LOOKED_AT = 3;
const IDLE_MS = 300;
/** How long a task runs, and how long its result may take. */
const STEP_MS = IDLE_MS / 4;
const NAME = "probe";

const [, , role, url] = process.argv;
const session = new Session();
session.connect();
post("Profiler.enable");
post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
const app = new Celery("probes", { brokerUrl: url, resultBackend: url, taskDefaultQueue: "probes" });
await (role === "worker" ? work() : send());

async function work() {
  let calls = 0;
  /** @type {string[][]} */
  const takes = [];
  /** @type {string[][]} */
  const backs = [];
  // The task ends when the worker waits again, so that taking the next message is not part of its way back.
  app.task(NAME, {}, async () => {
    calls += 1;
    const take = calledSince();
    await delay(STEP_MS);
    calledSince();
    setTimeout(() => {
      const back = calledSince();
      if (calls <= WARM_UP) return;
      takes.push(take);
      backs.push(back);
      if (backs.length === LOOKED_AT) process.send?.({ take: common(takes), back: common(backs) });
    }, STEP_MS);
  });
  await app.worker({ queues: ["probes"] }).start();
  process.send?.({ ready: true });
}

async function send() {
  for (let i = 0; i < WARM_UP; i++) await (await app.sendTask(NAME)).get({ timeout: 10 });
  /** @type {string[][]} */
  const sends = [];
  for (let i = 0; i < LOOKED_AT; i++) {
    await delay(IDLE_MS);
    calledSince();
    await app.sendTask(NAME);
    sends.push(calledSince());
  }
  process.send?.({ send: common(sends) });
  await app.close();
  process.disconnect();
}

/** @param {string[][]} lists @returns {string[]} the strings that are in every list */
function common([first, ...others]) {
  return first.filter((path) => others.every((other) => other.includes(path)));
}

/** @returns {string[]} files of celery-js with a function that was called since the last look */
function calledSince() {
  return post("Profiler.takePreciseCoverage")
    .result.filter((/** @type {any} */ { url: file }) => file.includes("/celery-js/src/"))
    .filter((/** @type {any} */ script) => script.functions.some(isCalled))
    .map((/** @type {any} */ { url: file }) => file.replace(/.*\/celery-js\/src\//, ""))
    .sort();
}

/** Excludes a module's own body, which V8 reports as a function without a name at the first character. @param {any} fn */
function isCalled({ functionName, ranges: [{ startOffset, count }] }) {
  return count > 0 && (functionName !== "" || startOffset > 0);
}

/** @param {string} method @param {object} [params] @returns {any} */
function post(method, params) {
  let answer;
  session.post(method, params, (error, result) => {
    if (error) throw error;
    answer = result;
  });
  return answer;
}
