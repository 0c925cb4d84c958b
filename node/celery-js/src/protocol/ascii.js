/** Escapes what is not ASCII as Python's `json.dumps` does (`ensure_ascii`): also 0x7f, which JavaScript writes as it is. */

const NOT_ASCII = /[\x7f-\uffff]+/g;
const IS_NOT_ASCII = /[\x7f-\uffff]/;
/** A longer text is written in pieces of this many characters: to add character to character takes 60 ns and 40 bytes for each. */
const PIECE = 2048;
const ESCAPE_LENGTH = 6;
const FIRST_ESCAPED = 0x7f;
const [BACKSLASH, LETTER_U] = [92, 117];
const HEX_DIGITS = Buffer.from("0123456789abcdef");

/** A cache of escapes by code unit: a text in one alphabet needs the same few again and again. @type {string[]} */
const ESCAPES = [];

/** @type {Buffer | undefined} */
let bytes;

/**
 * @param {string} text
 * @returns {string} with `\u` and four digits for each character that is not ASCII
 */
export function escapeNonAscii(text) {
  if (text.length <= PIECE) return text.replace(NOT_ASCII, escapeRun);
  let escaped = "";
  for (let from = 0; from < text.length; from += PIECE) {
    const piece = text.slice(from, from + PIECE);
    escaped += IS_NOT_ASCII.test(piece) ? escapePiece(piece) : piece;
  }
  return escaped;
}

/** @param {string} run characters that are not ASCII */
function escapeRun(run) {
  let escaped = "";
  for (let index = 0; index < run.length; index++) {
    const code = run.charCodeAt(index);
    ESCAPES[code] ??= `\\u${code.toString(16).padStart(4, "0")}`;
    escaped += ESCAPES[code];
  }
  return escaped;
}

/** @param {string} piece */
function escapePiece(piece) {
  bytes ??= Buffer.allocUnsafeSlow(PIECE * ESCAPE_LENGTH);
  let end = 0;
  for (let index = 0; index < piece.length; index++) {
    const code = piece.charCodeAt(index);
    if (code < FIRST_ESCAPED) {
      bytes[end++] = code;
      continue;
    }
    bytes[end] = BACKSLASH;
    bytes[end + 1] = LETTER_U;
    bytes[end + 2] = HEX_DIGITS[code >> 12];
    bytes[end + 3] = HEX_DIGITS[(code >> 8) & 15];
    bytes[end + 4] = HEX_DIGITS[(code >> 4) & 15];
    bytes[end + 5] = HEX_DIGITS[code & 15];
    end += ESCAPE_LENGTH;
  }
  return bytes.toString("latin1", 0, end);
}
