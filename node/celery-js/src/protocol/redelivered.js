/**
 * Marks a message as redelivered in its text, as kombu marks it when it puts a message back
 * (`kombu.transport.redis.Channel._do_restore_message`). The text is edited, never encoded again: numbers beyond 2^53,
 * the order of keys, spacing and whatever else the sender wrote stay as they are.
 */
import { DecodeError } from "../errors.js";
import { endOfString } from "./json-loads.js";

const MARK = "redelivered";
/** A number or a word, up to the next character that can follow one. */
const WORD = /[^\s,:{}[\]"]+/y;
const WHITESPACE = /[ \t\n\r]*/y;
const BRACKET_OR_QUOTE = /["{}[\]]/g;

/** @typedef {{ start: number, end: number, text: string }} Edit a span of the text and what replaces it */
/** @typedef {{ key: string, start: number, end: number }} Member the span is the value's */

/**
 * Sets `headers.redelivered` and `properties.delivery_info.redelivered` to true. An object that is missing is left out, a
 * member that is there already is overwritten, wherever it is repeated.
 *
 * @param {string} raw an envelope that `decodeEnvelope` reads
 * @returns {string}
 * @throws {DecodeError} when the text is not a JSON object
 */
export function markRedelivered(raw) {
  /** @type {Edit[]} */
  const edits = [];
  // One by one: a call takes no more than about 100,000 arguments.
  const add = (/** @type {Edit[]} */ more) => more.forEach((edit) => void edits.push(edit));
  const start = skipWhitespace(raw, 0);
  if (raw[start] !== "{") throw malformed(start);
  for (const member of membersOf(raw, start)) {
    if (member.key === "headers") add(editsToMark(raw, member.start));
    if (member.key === "properties" && raw[member.start] === "{") {
      const infos = membersOf(raw, member.start).filter(({ key }) => key === "delivery_info");
      for (const info of infos) add(editsToMark(raw, info.start));
    }
  }
  return applied(raw, edits);
}

/**
 * @param {string} text
 * @param {number} start where a value starts
 * @returns {Edit[]} none when it is not an object
 */
function editsToMark(text, start) {
  if (text[start] !== "{") return [];
  const members = membersOf(text, start);
  const marks = members.filter(({ key }) => key === MARK);
  if (marks.length > 0) return marks.map((mark) => ({ start: mark.start, end: mark.end, text: "true" }));
  const last = members.at(-1);
  if (last === undefined) return [{ start: start + 1, end: start + 1, text: `"${MARK}": true` }];
  return [{ start: last.end, end: last.end, text: `, "${MARK}": true` }];
}

/**
 * @param {string} text
 * @param {Edit[]} edits in the order of the text
 */
function applied(text, edits) {
  let result = "";
  let taken = 0;
  for (const edit of edits) {
    result += text.slice(taken, edit.start) + edit.text;
    taken = edit.end;
  }
  return result + text.slice(taken);
}

/**
 * @param {string} text
 * @param {number} start index of the object's opening brace
 * @returns {Member[]}
 */
function membersOf(text, start) {
  /** @type {Member[]} */
  const members = [];
  let at = skipWhitespace(text, start + 1);
  if (text[at] === "}") return members;
  for (;;) {
    if (text[at] !== '"') throw malformed(at);
    const keyEnd = endOfString(text, at);
    const colon = skipWhitespace(text, keyEnd === -1 ? text.length : keyEnd);
    if (text[colon] !== ":") throw malformed(colon);
    const valueStart = skipWhitespace(text, colon + 1);
    const valueEnd = endOfValue(text, valueStart);
    members.push({ key: parseKey(text, at, keyEnd), start: valueStart, end: valueEnd });
    at = skipWhitespace(text, valueEnd);
    if (text[at] === "}") return members;
    if (text[at] !== ",") throw malformed(at);
    at = skipWhitespace(text, at + 1);
  }
}

/**
 * @param {string} text
 * @param {number} start where the value starts
 * @returns {number} the index after it
 */
function endOfValue(text, start) {
  const first = text[start];
  if (first === "{" || first === "[") return endOfContainer(text, start);
  if (first === '"') {
    const end = endOfString(text, start);
    if (end === -1) throw malformed(start);
    return end;
  }
  WORD.lastIndex = start;
  if (!WORD.test(text)) throw malformed(start);
  return WORD.lastIndex;
}

/**
 * Without recursion: a message may be nested deeper than the stack is.
 *
 * @param {string} text
 * @param {number} start index of the opening bracket
 */
function endOfContainer(text, start) {
  const closers = [];
  BRACKET_OR_QUOTE.lastIndex = start;
  for (let match = BRACKET_OR_QUOTE.exec(text); match !== null; match = BRACKET_OR_QUOTE.exec(text)) {
    const [char] = match;
    if (char === '"') {
      const end = endOfString(text, match.index);
      if (end === -1) break;
      BRACKET_OR_QUOTE.lastIndex = end;
    } else if (char === "{" || char === "[") {
      closers.push(char === "{" ? "}" : "]");
    } else if (closers.pop() !== char) {
      throw malformed(match.index);
    } else if (closers.length === 0) {
      return match.index + 1;
    }
  }
  throw malformed(start);
}

/**
 * @param {string} text
 * @param {number} start index of the opening quote
 * @param {number} end
 */
function parseKey(text, start, end) {
  const key = text.slice(start + 1, end - 1);
  if (!key.includes("\\")) return key;
  try {
    return String(JSON.parse(text.slice(start, end)));
  } catch {
    throw malformed(start);
  }
}

/**
 * @param {string} text
 * @param {number} start
 */
function skipWhitespace(text, start) {
  WHITESPACE.lastIndex = start;
  WHITESPACE.test(text);
  return WHITESPACE.lastIndex;
}

/** @param {number} at */
const malformed = (at) => new DecodeError(`The message is not a JSON object: it breaks at character ${at}`);
