/** Answers of workers as Celery's command line prints them (`celery.bin.base.CLIContext`), and its lists of commands. */
import { isMapping } from "../../protocol/json-loads.js";
import { pythonRepr } from "../../protocol/repr.js";
import { pythonText } from "../python-text.js";
import { BOLD, CYAN, GREEN, RED, WHITE } from "../terminal.js";

/** @typedef {import("../terminal.js").Terminal} Terminal */

/** The measures of click's `HelpFormatter`. */
const WIDTH = 78;
const FIRST_COLUMN_AT_MOST = 30;
const GAP = 2;

/**
 * @param {import("../../app/broadcast.js").Reply} reply of one worker
 * @param {Terminal} terminal
 * @param {{ isBrief?: boolean, isQuiet?: boolean }} options brief: not what it answered; quiet: without an arrow
 * @returns {string}
 */
export function replyText(reply, terminal, { isBrief = false, isQuiet = false }) {
  const [[node, answer]] = Object.entries(reply);
  const { isOk, text } = pretty(answer, terminal);
  const arrow = isQuiet ? "" : `${terminal.styled("->", WHITE, BOLD)} `;
  const status = isOk ? terminal.styled("OK", GREEN, BOLD) : terminal.styled("ERROR", RED, BOLD);
  const title = `${arrow} ${terminal.styled(`${node}: `, CYAN, BOLD)}${status}`;
  return isBrief ? title : `${title}\n${indented(text)}`;
}

/**
 * @param {number} count
 * @returns {string}
 */
export const onlineText = (count) => `\n${count} ${count === 1 ? "node" : "nodes"} online.`;

/**
 * @param {string} heading
 * @param {Iterable<[string, import("./catalogue.js").RemoteCommand]>} commands
 * @returns {string} each with its arguments and what it does, as click's `write_dl` lays them out
 */
export function listText(heading, commands) {
  const rows = [...commands].map(([name, { signature, help }]) => [signature ? `${name} ${signature}` : name, help]);
  const longest = Math.max(...rows.map(([left]) => left.length));
  const column = 2 + Math.min(longest, FIRST_COLUMN_AT_MOST) + GAP;
  const lines = rows.flatMap(([left, right]) => {
    const [first = "", ...others] = wrapped(right, WIDTH - column);
    const rest = others.map((line) => " ".repeat(column) + line);
    if (2 + left.length + GAP <= column) return [`  ${left}`.padEnd(column) + first, ...rest];
    return [`  ${left}`, " ".repeat(column) + first, ...rest];
  });
  return [`${heading}:`, ...lines.map((line) => line.trimEnd())].join("\n");
}

/**
 * @param {unknown} answer
 * @param {Terminal} terminal
 * @returns {{ isOk: boolean, text: string }}
 */
function pretty(answer, terminal) {
  if (Array.isArray(answer)) return { isOk: true, text: listed(answer, terminal) };
  if (!isMapping(answer)) return { isOk: true, text: typeof answer === "string" ? answer : pythonRepr(answer) };
  if ("ok" in answer) return { isOk: true, text: indented(pretty(answer.ok, terminal).text) };
  if ("error" in answer) return { isOk: false, text: indented(pretty(answer.error, terminal).text) };
  return { isOk: true, text: ascii(JSON.stringify(sorted(answer), null, 4)) };
}

/**
 * @param {readonly unknown[]} items
 * @param {Terminal} terminal
 */
function listed(items, terminal) {
  if (items.length === 0) return "- empty -";
  return items.map((item) => `${terminal.styled("*", WHITE)} ${pythonText(item)}`).join("\n");
}

/** @param {string} text */
const indented = (text) => text.replace(/^/gm, "    ");

/**
 * @param {unknown} value
 * @returns {unknown} with the members of objects in the order of their names
 */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

/**
 * @param {string} json
 * @returns {string} as Python's `json.dumps` writes it
 */
const ascii = (json) =>
  json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/**
 * @param {string} text
 * @param {number} width
 * @returns {string[]} broken at spaces and after hyphens, as Python's textwrap does
 */
function wrapped(text, width) {
  const lines = [""];
  for (const piece of text.match(/\S+?(?:(?<=\w)-(?=\w)|\s+|$)/g) ?? []) {
    const last = lines.length - 1;
    if ((lines[last] + piece).trimEnd().length > width) lines.push(piece);
    else lines[last] += piece;
  }
  return lines.map((line) => line.trimEnd());
}
