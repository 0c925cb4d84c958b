/**
 * A message's text with gaps, for messages that differ only in their ids, their arguments and their places in a group: filling
 * the gaps is cheaper than encoding a message. The text is that of a sample, encoded as any other message.
 */
import { randomUUID } from "node:crypto";
import { EncodeError } from "../errors.js";
import { checkTaskId } from "./decode-envelope.js";
import { checkBody, encodeCall } from "./encode-message.js";
import { numberText, quote } from "./json-dumps.js";
import { reprArgs, reprKwargs } from "./repr.js";

const [TASK_ID, ARGS, KWARGS, TIMESTAMP] = Array.from({ length: 4 }, () => randomUUID());

/** The sample's options where the messages differ; it has no arguments. These values stand nowhere else in its text. */
export const GAPS = Object.freeze({
  taskId: TASK_ID,
  argsrepr: ARGS,
  kwargsrepr: KWARGS,
  properties: Object.freeze({ timestamp: TIMESTAMP }),
  groupIndex: Number.MAX_SAFE_INTEGER,
});
const INDEX = String(GAPS.groupIndex);
const GAP = new RegExp(`"(${TASK_ID}|${ARGS}|${KWARGS}|${TIMESTAMP})"|(?<="group_index": )(${INDEX})`);

/** How the sample's text begins, and how its body begins. */
const START = '{"body": "';
const NO_ARGUMENTS = "[[], {}, ";
/** What is behind the delivery tag, the last value. */
const END = '"}}';
const TAG_LENGTH = TASK_ID.length;
/** Where the body is among the parts of a text. */
const BODY = 1;

export class MessageTemplate {
  /** What follows the arguments in the body. @type {string} */
  #embed;
  #limits;
  /** The parts of a text, of which `fill` replaces those that differ. @type {string[]} */
  #parts;
  /** The positions of the gaps in it, and which they are. @type {[position: number, gap: string][]} */
  #gaps;

  /**
   * @param {string} sample the text of a message with `GAPS`
   * @param {string} embed
   * @param {import("./limits.js").Limits} limits
   */
  constructor(sample, embed, limits) {
    this.#embed = embed;
    this.#limits = limits;
    const rest = sample.slice(sample.indexOf('"', START.length), -(TAG_LENGTH + END.length));
    this.#parts = [START, "", ...rest.split(GAP).filter((part) => part !== undefined), "", END];
    this.#gaps = [...this.#parts.entries()].filter(([, part]) =>
      [TASK_ID, ARGS, KWARGS, TIMESTAMP, INDEX].includes(part),
    );
  }

  /**
   * @param {string} sample the text of a message with `GAPS`
   * @param {import("./limits.js").Limits} limits
   * @returns {MessageTemplate | null} null for a compressed body
   */
  static of(sample, limits) {
    const body = Buffer.from(sample.slice(START.length, sample.indexOf('"', START.length)), "base64").toString(
      "latin1",
    );
    if (!body.startsWith(NO_ARGUMENTS)) return null;
    return new MessageTemplate(sample, body.slice(NO_ARGUMENTS.length, -1), limits);
  }

  /**
   * @param {string} taskId
   * @param {readonly unknown[]} args
   * @param {Record<string, unknown>} kwargs
   * @param {number | undefined} groupIndex given where the sample has one
   * @returns {string} the text for the list, as `encodeEnvelope` gives it
   * @throws {EncodeError} as `encodeEnvelope`, and for an id that is too long
   */
  fill(taskId, args, kwargs, groupIndex) {
    checkTaskId(taskId, EncodeError);
    const body = encodeCall(args, kwargs, this.#embed);
    checkBody(body, this.#limits);
    const parts = this.#parts;
    parts[BODY] = Buffer.from(body, "latin1").toString("base64");
    const id = quote(taskId);
    for (const [position, gap] of this.#gaps) {
      if (gap === TASK_ID) parts[position] = id;
      else if (gap === ARGS) parts[position] = quote(reprArgs(args));
      else if (gap === KWARGS) parts[position] = quote(reprKwargs(kwargs));
      else if (gap === TIMESTAMP) parts[position] = numberText(Date.now() / 1000);
      else parts[position] = String(groupIndex);
    }
    parts[parts.length - 2] = randomUUID();
    // Joined, because a text that is added up stays in pieces, which cost more to keep and to send.
    return parts.join("");
  }
}
