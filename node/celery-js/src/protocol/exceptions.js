/**
 * Exceptions on their way between the languages: `{exc_type, exc_message, exc_module}`, as
 * `celery.backends.base.Backend.prepare_exception` writes them and `exception_to_python` reads them.
 */
import { types } from "node:util";
import * as errors from "../errors.js";
import { dumps } from "./json.js";
import { pythonRepr, pythonTupleRepr, saferepr } from "./repr.js";

/**
 * @typedef {object} EncodedException
 * @property {string} exc_type the class's name
 * @property {unknown[]} exc_message the arguments that make it again
 * @property {string} exc_module the Python module of the class
 */

/**
 * @typedef {object} DecodedFields what every decoded exception carries besides `name` and `message`
 * @property {string} excType
 * @property {string} excModule
 * @property {unknown[]} args
 * @property {string | null} traceback
 */

/** @typedef {Error & DecodedFields} DecodedException */
/** @typedef {typeof errors.CeleryError} ErrorClass */

const BUILTINS = "builtins";
/** Where this package's code is, as it stands in stacks. */
const PACKAGE_URL = new URL("../", import.meta.url).href;
/** A cause that is deeper than this is left out of a traceback: chains may be circular. */
const MAX_CAUSES = 20;

/** Stands for an exception whose class is not known here: `name` and `excType` hold its class, `excModule` its module. */
export class TaskError extends errors.CeleryError {}

/** The classes of the error tree by module and name, as they are stored. @type {ReadonlyMap<string, ErrorClass>} */
const KNOWN_CLASSES = new Map(
  Object.values(errors).map((cls) => [`${cls.module}.${cls.name}`, /** @type {ErrorClass} */ (cls)]),
);

/** billiard's exceptions of the time limits put their name before their arguments. */
const NAMED_IN_MESSAGE = new Set([
  "billiard.exceptions.SoftTimeLimitExceeded",
  "billiard.exceptions.TimeLimitExceeded",
]);

/**
 * @param {unknown} thrown JavaScript lets a task throw anything
 * @returns {Error} the same where it is an Error, else an `Error` whose `args` hold it
 */
export function toError(thrown) {
  if (thrown instanceof Error || types.isNativeError(thrown)) return thrown;
  return Object.assign(new Error(messageOf([thrown])), { args: [thrown] });
}

/**
 * @param {unknown} thrown what a task threw; anything but an Error is taken as `toError` takes it
 * @returns {EncodedException} each argument that JSON cannot hold is replaced by its `repr`, as Celery does
 */
export function encodeException(thrown) {
  const error = toError(thrown);
  const { excType, excModule, args } = /** @type {Error & Partial<DecodedFields>} */ (error);
  const cls = /** @type {{ name: string, module?: unknown }} */ (error.constructor);
  return {
    exc_type: excType ?? (cls.name === "Error" || cls.name === "" ? error.name || "Error" : cls.name),
    exc_message: serializableArgs(Array.isArray(args) ? args : [error.message]),
    exc_module: excModule ?? (typeof cls.module === "string" ? cls.module : BUILTINS),
  };
}

/** @param {readonly unknown[]} args */
function serializableArgs(args) {
  return args.map((arg) => {
    try {
      dumps(arg);
      return arg;
    } catch {
      return saferepr(arg);
    }
  });
}

/**
 * @param {unknown} encoded the stored exception
 * @param {string | null} [traceback]
 * @returns {DecodedException} of the runtime's own class where the error tree has it, else a `TaskError`; `message` is what
 *   Python's `str()` of the exception gives
 * @throws {DecodeError} when it is no exception: it must be an object that says at least `exc_type`
 */
export function decodeException(encoded, traceback = null) {
  const { exc_type, exc_message, exc_module } = checked(encoded);
  const args = Array.isArray(exc_message) ? exc_message : [exc_message ?? ""];
  const excModule = typeof exc_module === "string" ? exc_module : "celery.exceptions";
  const fullName = `${excModule}.${exc_type}`;
  const cls = KNOWN_CLASSES.get(fullName) ?? TaskError;
  const message = NAMED_IN_MESSAGE.has(fullName) ? exc_type + pythonTupleRepr(args) : messageOf(args);
  // The constructors of the subclasses take other things than args; the root's makes every one of them.
  const error = Reflect.construct(errors.CeleryError, [message, { args }], cls);
  error.name = exc_type;
  if (error instanceof errors.Reject) Object.assign(error, { reason: args[0] ?? null, requeue: args[1] === true });
  return Object.assign(error, { excType: exc_type, excModule, traceback });
}

/**
 * @param {unknown} encoded
 * @returns {{ exc_type: string, exc_message?: unknown, exc_module?: unknown }}
 */
function checked(encoded) {
  const fields = /** @type {{ exc_type?: unknown } | null | undefined} */ (encoded);
  if (typeof fields !== "object" || typeof fields?.exc_type !== "string") {
    throw new errors.DecodeError(
      `Exception information must include the exception type, not ${saferepr(encoded, 200)}`,
    );
  }
  return /** @type {{ exc_type: string }} */ (fields);
}

/** @param {unknown[]} args */
function messageOf(args) {
  if (args.length === 0) return "";
  if (args.length > 1) return pythonTupleRepr(args);
  return typeof args[0] === "string" ? args[0] : pythonRepr(args[0]);
}

/**
 * What is stored as a failed task's traceback: the JavaScript stack, with the stacks of its causes below it.
 *
 * @param {unknown} error
 * @returns {string}
 */
export function formatTraceback(error) {
  const stacks = [stackOf(error)];
  let cause = causeOf(error);
  while (cause !== undefined && stacks.length <= MAX_CAUSES) {
    stacks.push(`Caused by: ${stackOf(cause)}`);
    cause = causeOf(cause);
  }
  return `${stacks.join("\n\n")}\n`;
}

/** @param {unknown} error */
function stackOf(error) {
  if (!(error instanceof Error)) return `Thrown: ${saferepr(error)}`;
  const { traceback } = /** @type {Partial<DecodedFields>} */ (error);
  if (typeof traceback === "string") return traceback.trimEnd();
  return error.stack ? withoutRuntime(error.stack) : `${error.name}: ${error.message}`;
}

/** The stack as far as it is the task's own: from the first frame of this package on, it says how the worker called it. @param {string} stack */
function withoutRuntime(stack) {
  const lines = stack.split("\n");
  const runtime = lines.findIndex((line) => /^\s+at /.test(line) && line.includes(PACKAGE_URL));
  return runtime === -1 ? stack : lines.slice(0, runtime).join("\n");
}

/** @param {unknown} error */
const causeOf = (error) => (error instanceof Error ? error.cause : undefined);

/**
 * @param {Error} error
 * @returns {string} as Python's `repr` of the exception that is stored for it: `ValueError('no')`
 */
export function exceptionRepr(error) {
  const { exc_type, exc_message } = encodeException(error);
  return `${exc_type}(${exc_message.map((arg) => pythonRepr(arg)).join(", ")})`;
}
