/**
 * The page's jobs: the tasks that each is made of, how they are sent, and how far they are. A task's states come from the result
 * backend, which publishes them: one subscription connection serves all pages of this process, and nothing is polled.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { chain, chord, OperationalError } from "jobs-client";

const KINDS = {
  training: ["train"],
  predictionFile: ["predict"],
  report: ["report"],
  mail: ["mail"],
  workflow: ["predict", "report", "mail"],
};
const LANGUAGES = { train: "python", predict: "python", report: "javascript", mail: "javascript" };
const STATES = { PENDING: "waiting", RETRY: "retrying", SUCCESS: "done", FAILURE: "failed", REVOKED: "cancelled" };
const FINAL = new Set(["done", "failed", "cancelled"]);
const PART_ROWS = 2500;
const LOOK_AGAIN_MS = 1000;

export class Jobs {
  #watched = new Map();
  #listeners = new Map();
  #resuming = new Set();
  broker = "connected";

  /** @param {ReturnType<typeof import("jobs-client").connect>} tasks @param {import("./store.js").Store} store */
  constructor(tasks, store) {
    this.tasks = tasks;
    this.store = store;
  }

  /** Sends a job's steps as one workflow: all, or those from the one that failed. */
  async send(record, from = 0) {
    const input = from > 0 ? record.steps[from - 1].taskId : record.given.input;
    const first = input === undefined ? [] : [await this.resultOf(input)];
    const names = KINDS[record.kind].slice(from);
    record.steps.splice(from, record.steps.length, ...names.map((name) => newStep(name, record.given)));
    delete record.final;
    delete record.cancelled;
    // Before sending: a job that this process did not live to send waits, where its user sees it and can cancel it.
    await this.store.save(record);
    const calls = record.steps.slice(from).map((step, i) => this.#call(step, record.given, i === 0 ? first : []));
    const work = calls.length > 1 ? chain(...calls) : calls[0];
    if (record.kind === "workflow") {
      work.celery.linkError(this.tasks.js.churn.mail.apologise.s(record.given.to).celery);
    }
    await work.applyAsync();
  }

  /** Sends the steps again from the first that was not done; once, however often it is asked for. */
  async resume(record) {
    if (this.#resuming.has(record.id)) return;
    this.#resuming.add(record.id);
    const { final, steps } = structuredClone(record);
    try {
      await this.send(
        record,
        final.steps.findIndex((step) => step.state !== "done"),
      );
    } catch (error) {
      await this.store.save({ ...record, final, steps });
      throw error;
    } finally {
      this.#resuming.delete(record.id);
    }
  }

  /** Stops a job at any moment: workers drop its tasks that wait, and `terminate` ends the one that runs. */
  async cancel(record) {
    record.cancelled = true;
    await this.store.save(record);
    const watched = await this.#watch(record);
    watched.record = record;
    for (const id of record.steps.flatMap(idsOf)) {
      if (!FINAL.has(STATES[watched.states.get(id)?.name])) await this.#job(id).revoke({ terminate: true });
    }
    await this.#changed(watched);
  }

  /** @returns {Promise<any>} a task's result, with the names that the tasks use; undefined when there is none */
  async resultOf(taskId) {
    return (await this.#job(taskId).look()).result;
  }

  /** @returns {Promise<object>} the job as the page gets it */
  async view(record) {
    return record.final ?? view(await this.#watch(record));
  }

  /** @returns {Promise<object[]>} a session's jobs, the newest first */
  async list(session) {
    const records = await this.store.list(session);
    return Promise.all(records.filter(({ steps }) => steps.length > 0).map((record) => this.view(record)));
  }

  /** Calls `listener(event, data)` for a session's jobs and for the broker. @returns {() => void} ends it */
  listen(session, listener) {
    const listeners = this.#listeners.get(session) ?? new Set();
    this.#listeners.set(session, listeners.add(listener));
    return () => listeners.delete(listener) && listeners.size === 0 && this.#listeners.delete(session);
  }

  /** Looks whether the broker is there, as nothing else would tell while no job runs. */
  async watchBroker(/** @type {AbortSignal} */ signal) {
    while (!signal.aborted) {
      const state = await this.#job("broker").state.then(
        () => "connected",
        () => "reconnecting",
      );
      if (state !== this.broker) {
        this.broker = state;
        for (const session of this.#listeners.keys()) this.#tell(session, "broker", { state });
      }
      await sleep(LOOK_AGAIN_MS, undefined, { signal }).catch(() => {});
    }
  }

  #call({ name, taskId, parts }, given, first) {
    const { py, js } = this.tasks;
    const { training, prediction } = py.churn;
    if (name === "train") return training.train.s(given.dataset, given.model, given.rounds).set({ taskId });
    if (name === "report") return js.churn.report.render.s(...first, given.report).set({ taskId });
    if (name === "mail") return js.churn.mail.send.s(...first, given.to).set({ taskId });
    const header = parts.map((id, i) =>
      prediction.predict_part.s(given.model, given.dataset, i * PART_ROWS, PART_ROWS).set({ taskId: id }),
    );
    return chord(header, prediction.join_parts.s(given.predictions).set({ taskId }));
  }

  /** Any task's job: states are found by the id alone. */
  #job(id) {
    return this.tasks.py.churn.prediction.join_parts.job(id);
  }

  /** @returns {Promise<any>} a job's states, once the first ones are known */
  async #watch(record) {
    const known = this.#watched.get(record.id);
    if (known) return known.ready.then(() => known);
    const watched = { record, states: new Map(), retries: 0 };
    this.#watched.set(record.id, watched);
    watched.ready = new Promise((resolve, reject) => {
      this.#follow(watched, resolve).catch((error) => {
        this.#watched.delete(record.id);
        reject(error);
      });
    });
    return watched.ready.then(() => watched);
  }

  /** Follows the steps one after the other, as a step's task is sent when the one before has ended. */
  async #follow(watched, tellReady) {
    for (const step of watched.record.steps) {
      await Promise.all(idsOf(step).map((id) => this.#followTask(watched, id, tellReady)));
      if (watched.states.get(step.taskId).name !== "SUCCESS") break;
    }
    tellReady();
  }

  async #followTask(watched, id, tellReady) {
    while (!isFinal(watched.states.get(id))) {
      try {
        for await (const state of this.#job(id).states()) {
          watched.states.set(id, state);
          if (state.name === "RETRY") watched.retries += 1;
          await this.#changed(watched);
          if (!isFinal(state)) tellReady();
        }
      } catch (error) {
        // The server is away: what is known stays, and the states come again as soon as it is back.
        if (!(error instanceof OperationalError)) throw error;
        tellReady();
        await sleep(LOOK_AGAIN_MS);
      }
    }
  }

  async #changed(watched) {
    const { record } = watched;
    if (this.#watched.get(record.id) !== watched) return;
    const job = view(watched);
    if (FINAL.has(job.state)) {
      // Kept for longer than the result backend keeps results.
      this.#watched.delete(record.id);
      record.final = job;
      await this.store.save(record);
    }
    const text = JSON.stringify(job);
    if (text !== watched.told) this.#tell(record.session, "job", job);
    watched.told = text;
  }

  #tell(session, event, data) {
    for (const listener of this.#listeners.get(session) ?? []) listener(event, data);
  }
}

/** @returns {any} an object whose names are in camelCase, as JSON has them */
export function camelCased(value) {
  if (Array.isArray(value)) return value.map(camelCased);
  if (value === null || typeof value !== "object") return value;
  const each = Object.entries(value);
  return Object.fromEntries(
    each.map(([name, member]) => [name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()), camelCased(member)]),
  );
}

function newStep(name, { rows }) {
  const parts = name === "predict" ? Math.ceil(rows / PART_ROWS) : 0;
  return { name, taskId: randomUUID(), parts: Array.from({ length: parts }, () => randomUUID()) };
}

const idsOf = ({ taskId, parts }) => [...parts, taskId];
const isFinal = (state) => FINAL.has(STATES[state?.name]);
const wordFor = (state) => (state === undefined ? "waiting" : (STATES[state.name] ?? "running"));

function view({ record, states, retries }) {
  const steps = record.steps.map((step) => stepView(step, states));
  const isOver = steps.every((step) => step.state === "done");
  const current = steps.find((step) => step.state !== "done") ?? steps.at(-1);
  const isStarted = current.state !== "waiting" || current !== steps[0];
  let state = isStarted && current.state === "waiting" ? "running" : current.state;
  if (record.cancelled && !isOver && !["running", "retrying"].includes(current.state)) state = "cancelled";
  const result = isOver ? camelCased(states.get(record.steps.at(-1).taskId).result) : null;
  const error = state === "failed" ? { ...current.error, step: current.name } : null;
  const { id, kind, createdAt, given } = record;
  const isReported = steps.some((step) => step.name === "report" && step.state === "done");
  const file = isReported ? `${given.report}.pdf` : (kind === "predictionFile" && result?.file) || null;
  const progress = progressOf(record.steps[steps.indexOf(current)], states);
  return { id, kind, state, createdAt, progress, steps, result, file, error, retries };
}

function stepView(step, states) {
  const each = idsOf(step).map((id) => states.get(id));
  const words = each.map(wordFor);
  const isDone = words.at(-1) === "done";
  const found = ["failed", "cancelled", "retrying", "running", "done"].find((word) => words.includes(word));
  const state = isDone ? "done" : found === "done" ? "running" : (found ?? "waiting");
  const { name, message } = each.find((one) => one?.error !== undefined)?.error ?? {};
  const shown = { name: step.name, language: LANGUAGES[step.name], taskId: step.taskId, state };
  return state === "failed" || state === "retrying" ? { ...shown, error: { type: name, message } } : shown;
}

function progressOf({ parts, taskId }, states) {
  if (parts.length === 0) return camelCased(states.get(taskId)?.progress) ?? null;
  return { done: parts.filter((id) => wordFor(states.get(id)) === "done").length, total: parts.length };
}
