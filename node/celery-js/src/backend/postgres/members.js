/** Cuts the text of a JSON object into the texts of its members, without parsing these. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN = new Set([0x5b, 0x7b]);
const CLOSE = new Set([0x5d, 0x7d]);

/**
 * @param {string} text of an object, valid JSON
 * @returns {Map<string, string>} the text of each member, by name
 */
export function membersOf(text) {
  /** @type {Map<string, string>} */
  const members = new Map();
  let at = text.indexOf('"');
  while (at >= 0) {
    const nameEnd = stringEnd(text, at);
    const start = text.indexOf(":", nameEnd) + 1;
    const end = valueEnd(text, start);
    members.set(JSON.parse(text.slice(at, nameEnd)), text.slice(start, end).trim());
    at = text.charCodeAt(end) === COMMA ? text.indexOf('"', end) : -1;
  }
  return members;
}

/**
 * @param {string} text
 * @param {number} at of its first quote
 * @returns {number} after its last one
 */
function stringEnd(text, at) {
  for (let end = text.indexOf('"', at + 1); ; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end + 1;
  }
}

/**
 * @param {string} text
 * @param {number} start of a value
 * @returns {number} where the comma, or the end of the object, follows it
 */
function valueEnd(text, start) {
  let depth = 0;
  for (let at = start; ; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at) - 1;
    else if (OPEN.has(code)) depth += 1;
    else if (depth > 0 && CLOSE.has(code)) depth -= 1;
    else if (depth === 0 && (code === COMMA || CLOSE.has(code) || Number.isNaN(code))) return at;
  }
}
