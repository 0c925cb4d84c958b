/**
 * The message of an exception that Python stored: what Python's `str()` of it gives. Celery stores the arguments alone, so the
 * classes of Python's library that make their text of them do so here. Where Python's text is empty, or only repeats the
 * class's name, the message is a sentence.
 */
import { pythonRepr, pythonTupleRepr } from "./repr.js";

/** How much of an argument a message shows, in characters. */
const SHOWN = 65_536;

/** @param {unknown} value */
const shown = (value) => pythonRepr(value, SHOWN);

/** @typedef {readonly unknown[]} Args */
/** @typedef {(args: Args) => string | null} Writer null: the arguments are not of this class's form */

/** Celery stores no file name: it is not among the arguments. @type {Writer} */
const osError = ([code, text]) =>
  typeof code === "number" && typeof text === "string" ? `[Errno ${code}] ${text}` : null;

const OS_ERRORS =
  "OSError BlockingIOError ChildProcessError BrokenPipeError ConnectionError ConnectionAbortedError ConnectionRefusedError " +
  "ConnectionResetError FileExistsError FileNotFoundError InterruptedError IsADirectoryError NotADirectoryError PermissionError " +
  "ProcessLookupError TimeoutError";

/**
 * @param {string} verb
 * @param {unknown} what the bytes or characters
 * @param {Args} args
 */
function codecError(verb, what, [codec, , start, end, reason]) {
  const last = Number(end) - 1;
  const where = Number(start) === last ? `${what} in position ${start}` : `${verb}s in position ${start}-${last}`;
  return `'${codec}' codec can't ${verb === "byte" ? "decode" : "encode"} ${where}: ${reason}`;
}

/** @type {Writer} */
function decodeError(args) {
  const [, bytes, start] = args;
  if (args.length !== 5 || !Buffer.isBuffer(bytes)) return null;
  return codecError("byte", `byte 0x${(bytes[Number(start)] ?? 0).toString(16).padStart(2, "0")}`, args);
}

/** @type {Writer} */
function encodeError(args) {
  const [, text, start] = args;
  if (args.length !== 5 || typeof text !== "string") return null;
  // Of the text only as much as contains the character: it may have millions.
  const code = ([...text.slice(0, 2 * Number(start) + 2)][Number(start)] ?? "").codePointAt(0) ?? 0;
  const shown = code <= 0xff ? `\\x${hex(code, 2)}` : code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
  return codecError("character", `character '${shown}'`, args);
}

/**
 * @param {number} code
 * @param {number} digits
 */
const hex = (code, digits) => code.toString(16).padStart(digits, "0");

/** @type {Writer} */
const syntaxError = ([text, place]) =>
  Array.isArray(place) && typeof text === "string" ? `${text} (${place[0]}, line ${place[1]})` : null;

/** @type {Writer} */
function processError([status, command]) {
  if (typeof status !== "number") return null;
  return status < 0
    ? `Command '${plain(command)}' died with signal ${-status}.`
    : `Command '${plain(command)}' returned non-zero exit status ${status}.`;
}

/** By module and class. @type {ReadonlyMap<string, Writer>} */
const WRITERS = new Map([
  ...OS_ERRORS.split(" ").map((name) => /** @type {[string, Writer]} */ ([`builtins.${name}`, osError])),
  ["socket.gaierror", osError],
  ["socket.herror", osError],
  ["builtins.KeyError", (args) => (args.length === 1 ? shown(args[0]) : null)],
  ["builtins.UnicodeDecodeError", decodeError],
  ["builtins.UnicodeEncodeError", encodeError],
  ["builtins.SyntaxError", syntaxError],
  ["builtins.IndentationError", syntaxError],
  ["builtins.ExceptionGroup", groupText],
  ["builtins.BaseExceptionGroup", groupText],
  ["builtins.SystemExit", ([code = 0]) => `the task ended its process with ${plain(code)}`],
  ["subprocess.CalledProcessError", processError],
  ["subprocess.TimeoutExpired", ([command, s]) => `Command '${plain(command)}' timed out after ${plain(s)} seconds`],
  [
    "billiard.pool.MaybeEncodingError",
    ([why, value]) => `Error sending result: '${shown(value)}'. Reason: '${shown(why)}'.`,
  ],
  ["billiard.exceptions.Terminated", terminated],
  ["billiard.exceptions.TimeLimitExceeded", ([s]) => timeLimitText("hard", s)],
  ["billiard.exceptions.SoftTimeLimitExceeded", ([s]) => timeLimitText("soft", s)],
  ["celery.exceptions.NotRegistered", notRegistered],
  ["celery.exceptions.Reject", ([reason, requeue]) => `reject requeue=${requeue === true}: ${plain(reason ?? null)}`],
]);

/** @param {Args} args its text and its exceptions */
function groupText([text, inner]) {
  return `${plain(text)}: ${plain(inner)}`;
}

/** @param {Args} args */
function terminated([signal]) {
  return typeof signal === "number" ? `the task was ended by signal ${signal}` : null;
}

/** @param {Args} args a name, or a sentence already */
function notRegistered([name, ...others]) {
  return typeof name !== "string" || others.length > 0 || /\s/.test(name)
    ? null
    : `no worker here knows a task '${name}'`;
}

/**
 * @param {"hard" | "soft"} limit
 * @param {unknown} [seconds]
 * @returns {string}
 */
function timeLimitText(limit, seconds) {
  if (typeof seconds === "string") return seconds;
  return `the task ran longer than its ${limit} time limit${seconds === undefined ? "" : ` of ${plain(seconds)} s`}`;
}

/**
 * @param {string} excModule
 * @param {string} excType
 * @param {Args} args
 * @returns {string} never empty
 */
export function exceptionText(excModule, excType, args) {
  const text = WRITERS.get(`${excModule}.${excType}`)?.(args) ?? argsText(args);
  return text.trim() === "" ? `${excType} was raised without a message` : text;
}

/**
 * The text of an exception whose class adds nothing.
 *
 * @param {Args} args
 * @returns {string} "" without arguments
 */
function argsText(args) {
  if (args.length === 0) return "";
  return args.length > 1 ? pythonTupleRepr(args, SHOWN) : plain(args[0]);
}

/**
 * @param {unknown} value
 * @returns {string} as Python's `str()`
 */
const plain = (value) => (typeof value === "string" ? value : shown(value));
