/** The part of RESP2, the server's protocol, that is needed before ioredis takes over a connection. */

/** A server that answers with more than this does not speak our protocol. */
const LONGEST_REPLY = 1_000_000;

/**
 * @typedef {string | number | null | Error | Reply[]} Reply an Error is the server's refusal
 * @typedef {{ reply: Reply, end: number }} Parsed `end`: where the next reply begins
 */

/**
 * @param {readonly string[]} words
 * @returns {string}
 */
export function encodeCommand(words) {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;
}

/**
 * Collects what the server sends until it is complete. Nothing else may read the socket.
 *
 * @template T
 * @param {import("node:stream").Duplex} socket
 * @param {(text: string) => T | null} read one character a byte; null: it is not complete yet
 * @param {(text: string) => T} [readRest] what was sent before the connection was closed; by default that is an error
 * @returns {Promise<T>} the socket is then paused, with no unread data
 * @throws {Error} of `read` and `readRest`
 */
export function collect(socket, read, readRest = closed) {
  return new Promise((resolve, reject) => {
    let text = "";
    const stop = () => socket.off("data", onData).off("close", onClose).pause();
    const attempt = (/** @type {(text: string) => T | null} */ readNow) => {
      try {
        const found = readNow(text);
        if (found === null) return;
        stop();
        resolve(found);
      } catch (error) {
        stop();
        reject(error);
      }
    };
    const onData = (/** @type {Buffer} */ data) => {
      text += data.toString("latin1");
      attempt(read);
    };
    const onClose = () => attempt(readRest);
    socket.on("data", onData).once("close", onClose).resume();
  });
}

/** @returns {never} */
export function closed() {
  throw new Error("connection closed");
}

/**
 * Sends one command on a socket that nothing else reads.
 *
 * @param {import("node:stream").Duplex} socket
 * @param {readonly string[]} words
 * @returns {Promise<Reply>} the socket is then paused, with no unread data
 * @throws {Error} the server's refusal; or when the connection ends, or the server speaks another protocol
 */
export async function ask(socket, words) {
  const answer = collect(socket, onlyReply);
  socket.write(encodeCommand(words));
  const { reply } = await answer;
  if (reply instanceof Error) throw reply;
  return reply;
}

/** @param {string} text @returns {Parsed | null} */
function onlyReply(text) {
  const parsed = text.length > LONGEST_REPLY ? unexpected(text) : replyAt(text, 0);
  return parsed === null || parsed.end === text.length ? parsed : unexpected(text);
}

/**
 * @param {string} text one character a byte
 * @param {number} from where a reply begins
 * @returns {Parsed | null} null: it is not complete yet
 * @throws {Error} when it is not a reply
 */
export function replyAt(text, from) {
  const lineEnd = text.indexOf("\r\n", from);
  if (lineEnd < 0) return null;
  const [type, line, next] = [text[from], text.slice(from + 1, lineEnd), lineEnd + 2];
  if (type === "+") return { reply: line, end: next };
  if (type === "-") return { reply: Object.assign(new Error(line), { name: "ReplyError" }), end: next };
  const number = /^-?\d+$/.test(line) ? Number(line) : unexpected(text);
  if (type === ":") return { reply: number, end: next };
  if (type === "$") {
    const end = next + number + 2;
    if (number < 0) return { reply: null, end: next };
    return end > text.length ? null : { reply: text.slice(next, next + number), end };
  }
  return type === "*" ? listAt(text, number, next) : unexpected(text);
}

/**
 * @param {string} text
 * @param {number} count
 * @param {number} from where its first reply begins
 * @returns {Parsed | null}
 */
function listAt(text, count, from) {
  /** @type {Reply[]} */
  const list = [];
  let end = from;
  while (list.length < count) {
    const parsed = replyAt(text, end);
    if (parsed === null) return null;
    list.push(parsed.reply);
    end = parsed.end;
  }
  return { reply: count < 0 ? null : list, end };
}

/**
 * @param {string} text
 * @returns {never}
 */
export function unexpected(text) {
  throw new Error(`the server does not speak the Redis protocol: ${JSON.stringify(text.slice(0, 80))}`);
}
