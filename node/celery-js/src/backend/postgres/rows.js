/**
 * Converts between the text of a result (`encodeMeta`, `decodeMeta`) and the columns of Celery's table. The JSON of a column is
 * cut out of the text, never parsed and rewritten, so numbers and typed values stay as the task wrote them.
 */
import { DecodeError } from "../../errors.js";
import { quote } from "../../protocol/json-dumps.js";
import { membersOf } from "./members.js";

/** The widths of Celery's columns. */
const MAX_NAME = 155;
/** How a pickle of protocol 2 or later begins. */
const PICKLE = 0x80;

/** @typedef {Record<string, string | number | Buffer | null>} Columns by name */

/**
 * Mirrors `DatabaseBackend._update_result`.
 *
 * @param {string} metaText
 * @returns {Columns} without the task's id
 */
export function columnsOfMeta(metaText) {
  const members = membersOf(metaText);
  const children = members.get("children");
  return {
    status: textOf(members, "status"),
    result: bytesOf(members.get("result")),
    date_done: textOf(members, "date_done"),
    traceback: textOf(members, "traceback"),
    children: children === "[]" || children === "null" ? null : bytesOf(children),
    name: textOf(members, "name")?.slice(0, MAX_NAME) ?? null,
    args: bytesOf(members.get("args")),
    kwargs: bytesOf(members.get("kwargs")),
    worker: textOf(members, "worker")?.slice(0, MAX_NAME) ?? null,
    retries: members.has("retries") ? JSON.parse(/** @type {string} */ (members.get("retries"))) : null,
    queue: textOf(members, "queue")?.slice(0, MAX_NAME) ?? null,
    stamps: stampsOf(members),
  };
}

/**
 * Mirrors `DatabaseBackend._get_task_meta_for`.
 *
 * @param {Record<string, unknown>} row with `date_done` as ISO text
 * @returns {string} for `decodeMeta`
 * @throws {DecodeError} when a value is a pickle
 */
export function metaOfColumns(row) {
  const texts = ["status", "traceback", "date_done", "task_id", "name", "worker", "queue"];
  const members = texts.map((name) => [name, row[name] == null ? "null" : quote(String(row[name]))]);
  for (const name of ["result", "children", "args", "kwargs"]) {
    const bytes = /** @type {Buffer | null | undefined} */ (row[name]);
    members.push([name, bytes ? jsonOf(bytes) : "null"]);
  }
  members.push(["retries", String(row.retries ?? null)]);
  if (row.stamps instanceof Buffer) {
    const stamps = membersOf(row.stamps.toString());
    members.push(["stamped_headers", stamps.get("stamped_headers") ?? "null"]);
    for (const member of membersOf(stamps.get("stamps") ?? "{}")) members.push(member);
  }
  return `{${members.map(([name, text]) => `${quote(name)}: ${text}`).join(", ")}}`;
}

/**
 * @param {Buffer} bytes of a column
 * @returns {string}
 * @throws {DecodeError} when they are a pickle
 */
export function jsonOf(bytes) {
  if (bytes[0] !== PICKLE) return bytes.toString();
  throw new DecodeError(
    "the stored result is a pickle, which only Python can read: its worker needs Celery 5.7 and result_serializer='json'",
  );
}

/**
 * @param {Map<string, string>} members
 * @param {string} name
 * @returns {string | null} without NUL characters, which PostgreSQL's texts cannot hold
 */
function textOf(members, name) {
  const value = JSON.parse(members.get(name) ?? "null");
  return typeof value === "string" ? value.replaceAll("\0", "\uFFFD") : null;
}

/** @param {string | undefined} json */
const bytesOf = (json) => (json === undefined ? null : Buffer.from(json));

/** @param {Map<string, string>} members */
function stampsOf(members) {
  const headers = members.get("stamped_headers");
  if (headers === undefined || headers === "null" || headers === "[]") return null;
  const names = /** @type {string[]} */ (JSON.parse(headers)).filter((name) => members.has(name));
  const stamps = names.map((name) => `${quote(name)}: ${members.get(name)}`).join(", ");
  return Buffer.from(`{"stamped_headers": ${headers}, "stamps": {${stamps}}}`);
}
