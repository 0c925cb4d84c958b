/**
 * Exceptions on their way between the languages: `{exc_type, exc_message, exc_module}`, as
 * `celery.backends.base.Backend.prepare_exception` writes them and `exception_to_python` reads them.
 */
import { types } from "node:util";
import * as errors from "../errors.js";
import { SOURCE_URL } from "../package-files.js";
import { clipped, clippedInside } from "../validation/clip.js";
import { exceptionText } from "./exception-text.js";
import { dumps } from "./json.js";
import { pythonRepr, saferepr } from "./repr.js";

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
/** The most characters of a message, and of a stack, that are stored: an error may quote an argument of 60 MB. */
const MAX_TEXT = 262_144;
/** A cause that is deeper than this is left out of a traceback: chains may be circular. */
const MAX_CAUSES = 20;

/**
 * Stands for an exception whose class is not known here: `name` is its class, `message` what Python's `str()` of it gives, and
 * `args` what it was made with.
 */
export class TaskError extends errors.CeleryError {
  /** The class, with the classes around it: "ValueError", "Outer.Inner". */
  excType = "TaskError";
  /** The class's Python module, such as "builtins". */
  excModule = "celery.exceptions";
  /** Where it was raised, as text; null where nothing is stored. @type {string | null} */
  traceback = null;
}

// A minifier renames classes, but not what a module exports: their names are stored, shown and compared.
for (const [name, cls] of Object.entries(errors)) {
  if (cls.name !== name) Object.defineProperty(cls, "name", { value: name });
}

/** The classes of the error tree by module and name, as they are stored. @type {ReadonlyMap<string, ErrorClass>} */
const KNOWN_CLASSES = new Map(
  Object.values(errors).map((cls) => [`${cls.module}.${cls.name}`, /** @type {ErrorClass} */ (cls)]),
);

/** Celery's wrapper for an exception that pickle cannot rebuild, because its constructor does not take its `args`. */
const UNPICKLEABLE = "celery.utils.serialization.UnpickleableExceptionWrapper";

/**
 * @param {unknown} thrown JavaScript lets a task throw anything
 * @returns {Error} the same where it is an Error, else an `Error` with it in `args`, or a sentence where it has no content
 */
export function toError(thrown) {
  if (thrown instanceof Error) return thrown;
  if (types.isNativeError(thrown)) return localCopy(thrown);
  const says = (typeof thrown === "object" && thrown !== null) || (typeof thrown === "string" && thrown.trim() !== "");
  const arg = says
    ? thrown
    : `the task threw ${typeof thrown === "string" ? "an empty string" : String(thrown)}, which is not an Error`;
  return Object.assign(new Error(exceptionText(BUILTINS, "Error", [arg])), { args: [arg] });
}

/**
 * @param {Error & Partial<DecodedFields>} foreign made in another context of `node:vm`, as test runners use them, or without a
 *   prototype
 * @returns {Error} one that is an instance of this context's `Error`
 */
function localCopy(foreign) {
  const copy = new Error(String(foreign.message), { cause: foreign.cause });
  const { constructor: cls = Error, stack = copy.stack, args } = foreign;
  const { module } = /** @type {{ module?: string }} */ (cls);
  const excType = cls.name === "Error" ? foreign.name : cls.name;
  const own = Array.isArray(args) ? { args: [...args] } : {};
  const fields = { stack, name: excType, excType, ...own, ...(module && { excModule: module }) };
  return Object.assign(copy, fields);
}

/**
 * @param {unknown} thrown what a task threw; anything but an Error is taken as `toError` takes it
 * @returns {EncodedException} each argument that JSON cannot hold is replaced by its `repr`, as Celery does
 */
export function encodeException(thrown) {
  const error = toError(thrown);
  const { excType, excModule, args } = /** @type {Error & Partial<DecodedFields>} */ (error);
  const cls = /** @type {{ name: unknown, module?: unknown }} */ (error.constructor);
  const names = cls.name === "Error" ? [excType, error.name] : [excType, cls.name, error.name];
  return {
    exc_type: firstText(names) ?? "Error",
    exc_message: serializableArgs(Array.isArray(args) ? args : [error.message]),
    exc_module: firstText([excModule, cls.module]) ?? BUILTINS,
  };
}

/**
 * Returns the first string: a task's error may have any value in these places.
 *
 * @param {readonly unknown[]} values
 * @returns {string | undefined}
 */
function firstText(values) {
  for (const value of values) if (typeof value === "string" && value !== "") return value;
  return undefined;
}

/** @param {readonly unknown[]} args */
function serializableArgs(args) {
  return args.map((arg) => {
    if (typeof arg === "string") return clipped(arg, MAX_TEXT);
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
 * @returns {DecodedException} of the runtime's own class where the error tree has it, else a `TaskError`; `name` is the class's,
 *   `excType` its qualified name (`Outer.Inner`), `message` what Python's `str()` of the exception gives, and never empty
 * @throws {DecodeError} when it is not an exception: it must be an object with at least `exc_type`
 */
export function decodeException(encoded, traceback = null) {
  const { excType, excModule, args, message } = unwrapped(checked(encoded));
  const cls = KNOWN_CLASSES.get(`${excModule}.${excType}`) ?? TaskError;
  // Uses the root's constructor, because those of the subclasses take other parameters than args.
  const error = Reflect.construct(errors.CeleryError, [message, { args }], cls);
  error.name = excType.slice(excType.lastIndexOf(".") + 1);
  if (error instanceof errors.Reject) Object.assign(error, { reason: args[0] ?? null, requeue: args[1] === true });
  return Object.assign(error, { excType, excModule, traceback });
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

/**
 * Takes an exception out of Celery's wrapper for unpicklable ones: `[module, class, arguments, repr]`.
 *
 * @param {{ exc_type: string, exc_message?: unknown, exc_module?: unknown }} stored
 * @returns {{ excType: string, excModule: string, args: unknown[], message: string }}
 */
function unwrapped({ exc_type, exc_message, exc_module }) {
  const args = Array.isArray(exc_message) ? exc_message : [exc_message ?? ""];
  const excModule = typeof exc_module === "string" ? exc_module : "celery.exceptions";
  if (`${excModule}.${exc_type}` === UNPICKLEABLE && typeof args[1] === "string") {
    const [innerModule, innerType, inner, text] = args;
    // Arguments that JSON cannot hold were stored as one text, the tuple's.
    const isReadable = Array.isArray(inner);
    const message = isReadable || typeof text !== "string" ? null : text;
    const innerArgs = isReadable ? inner : [inner ?? ""];
    const module = typeof innerModule === "string" ? innerModule : BUILTINS;
    return described(innerType, module, innerArgs, message);
  }
  return described(exc_type, excModule, args, null);
}

/**
 * @param {string} excType
 * @param {string} excModule
 * @param {unknown[]} args
 * @param {string | null} message
 */
const described = (excType, excModule, args, message) => ({
  excType,
  excModule,
  args,
  message: message ?? exceptionText(excModule, excType, args),
});

/**
 * What is stored as a failed task's traceback: the JavaScript stack, with the stacks of its causes below it.
 *
 * @param {unknown} error
 * @returns {string}
 */
export function formatTraceback(error) {
  const stacks = [stackOf(error)];
  const causes = causesOf(error);
  for (let cause = causes.shift(); cause !== undefined && stacks.length <= MAX_CAUSES; cause = causes.shift()) {
    stacks.push(`Caused by: ${stackOf(cause)}`);
    causes.unshift(...causesOf(cause));
  }
  return `${stacks.join("\n\n")}\n`;
}

/** @param {unknown} error */
function stackOf(error) {
  if (!(error instanceof Error)) return `Thrown: ${saferepr(error)}`;
  const { traceback } = /** @type {Partial<DecodedFields>} */ (error);
  if (typeof traceback === "string") return clippedInside(traceback, MAX_TEXT).trimEnd();
  const { stack } = /** @type {{ stack?: unknown }} */ (error);
  if (typeof stack === "string" && stack !== "") return withoutRuntime(clippedInside(stack, MAX_TEXT));
  return `${error.name}: ${clipped(String(error.message), MAX_TEXT)}`;
}

/**
 * The task's part of the stack: from the first frame of this package on, it only shows how the worker called the task.
 * @param {string} stack
 */
function withoutRuntime(stack) {
  const lines = stack.split("\n");
  const runtime = lines.findIndex((line) => /^\s+at /.test(line) && SOURCE_URL !== null && line.includes(SOURCE_URL));
  return runtime === -1 ? stack : lines.slice(0, runtime).join("\n");
}

/**
 * @param {unknown} error
 * @returns {unknown[]} its cause, and what an AggregateError is made of
 */
function causesOf(error) {
  if (!(error instanceof Error)) return [];
  const { errors: parts } = /** @type {{ errors?: unknown }} */ (error);
  const causes = [error.cause, ...(error instanceof AggregateError && Array.isArray(parts) ? parts : [])];
  return causes.filter((cause) => cause !== undefined).slice(0, MAX_CAUSES);
}

/**
 * @param {Error} error
 * @returns {string} as Python's `repr` of the exception that is stored for it: `ValueError('no')`
 */
export function exceptionRepr(error) {
  const { exc_type, exc_message } = encodeException(error);
  return `${exc_type}(${exc_message.map((arg) => pythonRepr(arg, MAX_TEXT)).join(", ")})`;
}
