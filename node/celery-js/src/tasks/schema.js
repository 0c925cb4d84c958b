/**
 * The explicit schemas of a task, by the interface that schema libraries share (Standard Schema: zod, valibot, arktype and
 * others). They are checked before the task runs, as Celery checks models with `pydantic=True`.
 */
import { ImproperlyConfigured } from "../errors.js";
import { didYouMean } from "../validation/suggest.js";
import { functionName } from "./binding-errors.js";

/**
 * @typedef {{ readonly message: string, readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] }} Issue
 * @typedef {{ readonly value: unknown, readonly issues?: undefined } | { readonly issues: readonly Issue[] }} Outcome
 * @typedef {{ readonly "~standard": { readonly vendor: string, readonly validate: (value: unknown) => Outcome | Promise<Outcome> } }} StandardSchema
 *
 * @typedef {object} TaskSchema
 * @property {Readonly<Record<string, StandardSchema>>} [params] by the parameter's name; of a rest parameter, of each argument
 * @property {StandardSchema} [result] for the catalogue of contracts; what the task returns is not checked
 * @property {StandardSchema} [progress] the meta of the state PROGRESS, for the catalogue of contracts
 *
 * @typedef {import("./parameters.js").Parameters} Parameters
 */

const KEYS = ["params", "result", "progress"];

/** @param {unknown} value @returns {boolean} */
export function isTaskSchema(value) {
  if (typeof value !== "object" || value === null || Object.keys(value).some((key) => !KEYS.includes(key)))
    return false;
  const { params, result, progress } = /** @type {TaskSchema} */ (value);
  const all = [...Object.values(params ?? {}), result, progress];
  return all.every((each) => each === undefined || isStandardSchema(each));
}

/** @param {unknown} value Some libraries' schemas are functions. @returns {boolean} */
function isStandardSchema(value) {
  const holder = /** @type {{ "~standard"?: { validate?: unknown } } | null} */ (value);
  return typeof holder?.["~standard"]?.validate === "function";
}

/**
 * @param {TaskSchema | null | undefined} schema
 * @param {Parameters} parameters
 * @param {string} taskName
 * @throws {ImproperlyConfigured} when it names a parameter that the task does not have
 */
export function checkSchemaNames(schema, { owners, surplus, rest }, taskName) {
  // The name of a rest parameter is not among the owners; whatever else is unknown could be it.
  const unknown = Object.keys(schema?.params ?? {}).filter((name) => !owners.has(name) && surplus === null);
  if (unknown.length <= (rest === null ? 0 : 1)) return;
  const names = [...owners.keys()];
  throw new ImproperlyConfigured(
    `task ${taskName}: option 'schema' names the parameter '${unknown[0]}', which the function does not take${didYouMean(unknown[0], names)}`,
  );
}

/**
 * Checks bound arguments; a schema's output (defaults, transformations) takes the argument's place.
 *
 * @param {TaskSchema} schema
 * @param {Parameters} parameters
 * @param {readonly unknown[]} bound the arguments of the call, without `self`
 * @param {string} taskName
 * @returns {readonly unknown[] | Promise<readonly unknown[]>} a promise if a schema is asynchronous
 * @throws {TypeError} which names the parameter
 */
export function validateArguments({ params = {} }, parameters, bound, taskName) {
  const args = [...bound];
  /** @type {Promise<void>[]} */
  const pending = [];
  /** @param {string} name @param {unknown} value @param {(value: unknown) => void} put */
  const check = (name, value, put) => {
    if (value === undefined || !Object.hasOwn(params, name)) return;
    const settle = (/** @type {Outcome} */ outcome) => put(acceptedValue(outcome, name, taskName));
    const outcome = params[name]["~standard"].validate(value);
    if (outcome instanceof Promise) pending.push(outcome.then(settle));
    else settle(outcome);
  };
  for (const slot of parameters.slots) {
    if (slot.kind === "positional") {
      check(slot.name, args[slot.index], (value) => {
        args[slot.index] = value;
      });
    } else if (slot.kind === "keywords") {
      const given = args[slot.index];
      if (typeof given !== "object" || given === null) continue;
      const copy = Object.assign(Object.create(null), given);
      args[slot.index] = copy;
      for (const name of Object.keys(copy)) {
        check(name, copy[name], (value) => {
          copy[name] = value;
        });
      }
    } else {
      const name = restName(params, parameters);
      for (let at = slot.index; name !== undefined && at < args.length; at++) {
        check(name, args[at], (value) => {
          args[at] = value;
        });
      }
    }
  }
  return pending.length === 0 ? args : Promise.all(pending).then(() => args);
}

/**
 * @param {Readonly<Record<string, StandardSchema>>} params
 * @param {Parameters} parameters
 * @returns {string | undefined} the name that belongs to no other parameter
 */
const restName = (params, { owners }) => Object.keys(params).find((name) => !owners.has(name));

/**
 * @param {Outcome} outcome
 * @param {string} name of the parameter
 * @param {string} taskName
 * @returns {unknown}
 * @throws {TypeError}
 */
function acceptedValue(outcome, name, taskName) {
  if (outcome.issues === undefined) return outcome.value;
  const problems = outcome.issues.map(({ path = [], message }) => `${name}${path.map(stepOf).join("")}: ${message}`);
  throw new TypeError(`${functionName(taskName)}() got an invalid argument: ${problems.join("; ")}`);
}

/** @param {PropertyKey | { readonly key: PropertyKey }} step */
function stepOf(step) {
  const key = typeof step === "object" ? step.key : step;
  return typeof key === "number" ? `[${key}]` : `.${String(key)}`;
}
