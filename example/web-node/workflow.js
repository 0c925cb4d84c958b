/** The tasks that each kind of job is made of, and how they are sent as one workflow. */
import { randomUUID } from "node:crypto";
import { chain, chord } from "jobs-client";
import { Refusal } from "./guard.js";

/**
 * @typedef {ReturnType<typeof import("jobs-client").connect>} Tasks
 * @typedef {import("./store.js").JobRecord} JobRecord
 * @typedef {import("./store.js").Step} Step
 */

/** @type {Record<string, string[]>} */
const STEPS = {
  training: ["train"],
  predictionFile: ["predict"],
  report: ["report"],
  mail: ["mail"],
  workflow: ["predict", "report", "mail"],
};
const PART_ROWS = 2500;

/**
 * @param {JobRecord} record
 * @param {number} [place]
 * @returns {Step[]} the steps from a place on. Their tasks have ids before they are sent, so that they can be followed at once
 */
export function newSteps({ kind, given }, place = 0) {
  return STEPS[kind].slice(place).map((name) => {
    const parts = name === "predict" ? Math.ceil(given.rows / PART_ROWS) : 0;
    return { name, taskId: randomUUID(), parts: Array.from({ length: parts }, () => randomUUID()) };
  });
}

/**
 * @param {JobRecord} stopped
 * @param {number} place of the first unfinished step
 * @param {string | undefined} key the POST's Idempotency-Key
 * @returns {JobRecord} the record of the resumed job, with new tasks for the unfinished steps
 */
export function resumedRecord({ final, cancelled, unsent, ...record }, place, key) {
  const { steps, replaced = [] } = record;
  return {
    ...record,
    resumedAt: new Date().toISOString(),
    resumedBy: key,
    replaced: [...replaced, ...steps.slice(place)],
    steps: [...steps.slice(0, place), ...newSteps(record, place)],
  };
}

/** @param {Tasks} tasks @param {string} id any task's job: states are found by the id alone */
export const jobOf = (tasks, id) => tasks.py.churn.prediction.join_parts.job(id);

/** @param {JobRecord} record @param {string} step @returns {string} the id of the task whose result is the step's */
export const taskOf = ({ steps }, step) => steps.find(({ name }) => name === step)?.taskId ?? "";

/** @param {Pick<JobRecord, "steps">} record @returns {string} the id of the task that mails an apology if a step fails */
export const apologyOf = ({ steps }) => `${steps.at(-1)?.taskId}-apology`;

/** @param {JobRecord} record @returns {string[]} its tasks that send a mail */
export const mailTasksOf = (record) => (taskOf(record, "mail") ? [taskOf(record, "mail"), apologyOf(record)] : []);

/**
 * @param {JobRecord} record
 * @returns {string[]} the Message-IDs of its mails: that of its report, which stays when the mail is sent again, and of apologies
 */
export const mailIdsOf = ({ id, steps, replaced = [] }) =>
  [id, ...[...steps, ...replaced].map(({ taskId }) => `${taskId}-apology`)].map((name) => `${name}@jobs.example`);

/**
 * @param {Tasks} tasks
 * @param {JobRecord} record
 * @param {number} [place] of the step to begin with
 */
export async function send(tasks, record, place = 0) {
  const { kind, given, steps } = record;
  // A first step that continues earlier work takes its result.
  const source = place > 0 ? steps[place - 1].taskId : given.input;
  const first = source ? [await resultOf(tasks, source)] : [];
  const calls = steps.slice(place).map((step, i) => callOf(tasks, step, record, i === 0 ? first : []));
  const work = calls.length > 1 ? /** @type {any} */ (chain)(...calls) : calls[0];
  const apology = tasks.js.churn.mail.apologise.s(given.to).set({ taskId: apologyOf({ steps }) });
  if (kind === "workflow") work.celery.linkError(apology.celery);
  await work.applyAsync();
}

/** @param {Tasks} tasks @param {string} taskId @returns {Promise<any>} what a task has returned, unless that has expired */
async function resultOf(tasks, taskId) {
  const { name, result } = await jobOf(tasks, taskId).look();
  if (name === "SUCCESS") return result;
  throw new Refusal(410, "expired", "The result of an earlier step has expired: start again from that step");
}

/**
 * @param {Tasks} tasks
 * @param {Step} step
 * @param {JobRecord} record
 * @param {any[]} first its first argument, unless the step before provides it
 * @returns {any}
 */
function callOf(tasks, { name, taskId, parts }, { id: jobId, given }, first) {
  const { training, prediction } = tasks.py.churn;
  const { report, mail } = /** @type {any} */ (tasks.js.churn);
  if (name === "train") return training.train.s(given.dataset, given.model, given.rounds).set({ taskId });
  if (name === "report") return report.render.s(...first, given.report).set({ taskId });
  if (name === "mail") return mail.send.s(...first, given.to, jobId).set({ taskId });
  const header = parts.map((id, i) =>
    prediction.predict_part.s(given.model, given.dataset, i * PART_ROWS, PART_ROWS).set({ taskId: id }),
  );
  return chord(header, prediction.join_parts.s(given.predictions).set({ taskId }));
}
