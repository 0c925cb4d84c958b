/** This project's client: many tasks together, one by one, and at a steady pace. */
import { setTimeout as delay } from "node:timers/promises";
import { Celery, chain, chord, GroupResult, group } from "celery-js";
import { QUEUE, SINCE, TASK, TOTAL } from "../queues/names.js";
import { orders, serve, timed } from "./serve.js";

/** A send every 5 ms: 200 a second. */
const PACE_MS = 5;
/** Sent before the latency is measured: both sides connect and compile. */
const WARM_UP = 200;

const { url, mode, count } = orders();
const app = new Celery("bench", { brokerUrl: url, resultBackend: url, taskDefaultQueue: QUEUE });

/** @param {number} length */
const numbers = (length) => Array.from({ length }, (_, number) => number);

/** Seconds since 1970, as finely as the clock goes; another process on this machine reads the same. */
const now = () => performance.timeOrigin + performance.now();

/** Tasks at 200 a second that return how long ago they were sent. */
async function pace() {
  const results = [];
  const startedAt = performance.now();
  for (let number = 0; number < WARM_UP + count; number++) {
    results.push(await app.sendTask(SINCE, [now()]));
    await delay(Math.max(0, startedAt + (number + 1) * PACE_MS - performance.now()));
  }
  const waits = (await Promise.all(results.map((result) => result.get()))).slice(WARM_UP).map(Number);
  waits.sort((a, b) => a - b);
  return { p50Ms: waits[Math.floor(count * 0.5)], p99Ms: waits[Math.floor(count * 0.99)] };
}

/** Runs of a workflow before its latency is measured: as many tasks as a worker needs to have compiled its code. */
const RUNS_WARM_UP = 100;

/** @param {() => { applyAsync: () => Promise<{ get: () => Promise<unknown> }> }} workflow run many times, one after the other */
const latency = (workflow) => async () => {
  const times = [];
  for (let run = 0; run < RUNS_WARM_UP + count; run++) {
    const startedAt = performance.now();
    await (await workflow().applyAsync()).get();
    times.push(performance.now() - startedAt);
  }
  const measured = times.slice(RUNS_WARM_UP).sort((a, b) => a - b);
  return { p50Ms: measured[Math.floor(count / 2)], p99Ms: measured[Math.floor(count * 0.99)] };
};

const add = (/** @type {number[]} */ ...args) => app.signature(TASK, args);
const chordOf10 = () =>
  chord(
    numbers(10).map((number) => add(number, 1)),
    app.signature(TOTAL),
  );
const chainOf10 = () => chain(add(1, 1), ...numbers(9).map(() => add(1)));

/** The results that `prepare` has stored. */
const stored = () => numbers(count).map((number) => app.AsyncResult(`bench-${number}`));

/** Results awaited one by one, all at once, and used as they come; memory is what the process has used at most. */
async function awaitAll() {
  const read = () => Promise.all(stored().map(async (result) => String(await result.get()).length));
  const figures = await timed(count, read)();
  return { ...figures, peakRssMb: process.resourceUsage().maxRSS / 1024 };
}

/** @type {Record<string, () => Promise<Record<string, number>>>} */
const MODES = {
  sendTasks: timed(count, (length) => app.sendTasks(numbers(length).map((number) => [TASK, [number, 1]]))),
  group: timed(count, (length) =>
    group(numbers(length).map((number) => app.signature(TASK, [number, 1]))).applyAsync(),
  ),
  single: timed(count, (length) => Promise.all(numbers(length).map((number) => app.sendTask(TASK, [number, 1])))),
  read: timed(count, () => new GroupResult("bench", stored(), { backend: app.backend }).join()),
  awaitAll,
  chord: latency(chordOf10),
  chain: latency(chainOf10),
  pace,
};
const USES_WORKER = ["pace", "chord", "chain"];
// Connected before the clock runs, as the others are.
if (!USES_WORKER.includes(mode)) await app.sendTask(TASK, [0, 1], { queue: "other" });
serve(MODES[mode]);
