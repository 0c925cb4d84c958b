/** Makes the page's view of a job from its record and the last state of each task. */

/**
 * @typedef {import("jobs-client").State<any, any>} State
 * @typedef {import("./store.js").JobRecord} JobRecord
 * @typedef {import("./store.js").Step} Step
 * @typedef {"waiting" | "running" | "retrying" | "done" | "failed" | "cancelled"} Word
 * @typedef {{ name: string, language: string, taskId: string, state: Word, error?: { type: string, message: string } }} StepView
 * @typedef {object} JobView
 * @property {string} id
 * @property {string} kind
 * @property {Word} state
 * @property {string} createdAt
 * @property {any} progress
 * @property {StepView[]} steps
 * @property {any} result
 * @property {string | null} file
 * @property {object | null} error
 * @property {number} retries
 */

/** @type {Record<string, string>} */
const LANGUAGES = { train: "python", predict: "python", report: "javascript", mail: "javascript" };
/** @type {Record<string, Word>} */
const WORDS = { PENDING: "waiting", RETRY: "retrying", SUCCESS: "done", FAILURE: "failed", REVOKED: "cancelled" };
/** @type {Word[]} */
const WORST_FIRST = ["failed", "cancelled", "retrying", "running", "done"];
const FINAL = new Set(["done", "failed", "cancelled"]);

/** @param {Step} step @returns {string[]} the ids of its tasks; the last one ends the step */
export const idsOf = ({ taskId, parts }) => [...parts, taskId];

/** @param {Word} word whether a task or a job has ended */
export const isOver = (word) => FINAL.has(word);

/** @param {State | undefined} state @returns {Word} */
export const wordFor = (state) => (state === undefined ? "waiting" : (WORDS[state.name] ?? "running"));

/**
 * @param {JobRecord} record
 * @param {Map<string, State>} states by task id
 * @param {number} retries
 * @returns {JobView}
 */
export function view(record, states, retries) {
  const { id, kind, createdAt, given } = record;
  const steps = record.steps.map((step) => stepView(step, states));
  const place = steps.findIndex((step) => step.state !== "done");
  const isDone = place < 0;
  const current = steps.at(place);
  if (!current) throw new TypeError(`${id} has no steps`);
  const step = /** @type {Step} */ (record.steps.at(place));
  const words = idsOf(step).map((taskId) => wordFor(states.get(taskId)));
  // A task that waits for another try is not busy: a cancelled one does nothing when it runs again.
  const isBusy = words.includes("running");
  const state = stateOf(record, current, place, isBusy, isDone);
  const last = /** @type {Step} */ (record.steps.at(-1));
  const result = isDone ? camelCased(states.get(last.taskId)?.result) : null;
  const file = fileOf(kind, given, steps, result);
  const error = state === "failed" ? { ...current.error, step: current.name } : null;
  const progress = progressOf(step, states);
  return { id, kind, state, createdAt, progress, steps, result, file, error, retries };
}

/**
 * @param {JobRecord} record
 * @param {StepView} current its first unfinished step; the last one of a finished job
 * @param {number} place of that step; -1 for the last one
 * @param {boolean} isBusy
 * @param {boolean} isDone
 * @returns {Word}
 */
function stateOf({ cancelled }, { state }, place, isBusy, isDone) {
  if (cancelled && !isDone && !isBusy) return "cancelled";
  return place > 0 && state === "waiting" ? "running" : state;
}

/**
 * @param {string} kind
 * @param {JobRecord["given"]} given
 * @param {StepView[]} steps
 * @param {any} result
 * @returns {string | null} the name of the file that the page offers
 */
function fileOf(kind, given, steps, result) {
  const isReported = steps.some((step) => step.name === "report" && step.state === "done");
  return isReported ? `${given.report}.pdf` : (kind === "predictionFile" && result?.file) || null;
}

/** @param {Step} step @param {Map<string, State>} states @returns {StepView} */
function stepView(step, states) {
  const each = idsOf(step).map((id) => states.get(id));
  const words = each.map(wordFor);
  const found = WORST_FIRST.find((word) => words.includes(word)) ?? "waiting";
  /** @type {Word} */
  const unfinished = found === "done" ? "running" : found;
  const state = words.at(-1) === "done" ? "done" : unfinished;
  /** @type {StepView} */
  const shown = { name: step.name, language: LANGUAGES[step.name], taskId: step.taskId, state };
  const error = each.find((one) => one?.error)?.error;
  const isShown = error && (state === "failed" || state === "retrying");
  return isShown ? { ...shown, error: { type: error.name, message: withoutFolders(error.message) } } : shown;
}

/** @param {string} message @returns {string} the message without folders of the workers' machines; a quoted one may have spaces */
const withoutFolders = (message) =>
  message.replace(/(['"])\/(?:[^'"/]+\/)+/g, "$1").replace(/(^|[\s(:=])\/(?:[^\s'"/]+\/)+/g, "$1");

/** @param {Step} step @param {Map<string, State>} states */
function progressOf({ parts, taskId }, states) {
  if (parts.length === 0) return camelCased(states.get(taskId)?.progress) ?? null;
  return { done: parts.filter((id) => wordFor(states.get(id)) === "done").length, total: parts.length };
}

/** @param {any} value @returns {any} a value whose names are in camelCase, as JSON has them */
export function camelCased(value) {
  if (Array.isArray(value)) return value.map(camelCased);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [camel(name), camelCased(member)]));
}

/** @param {string} name */
const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());

/** @param {string} name */
const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** @param {object} value @returns {any} one level of names in snake_case, as Python has them */
export const snakeCased = (value) =>
  Object.fromEntries(Object.entries(value).map(([name, each]) => [snake(name), each]));
