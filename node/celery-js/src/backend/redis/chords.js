/**
 * Counts the parts of chords under Celery's keys and by its rules (`celery.backends.redis.RedisBackend`), so that parts
 * on workers of both languages count together. `docs/delivery.md` lists the keys.
 */
import { randomUUID } from "node:crypto";
import { payloadText } from "../../protocol/compression.js";
import { readScripts } from "../../transport/redis/scripts.js";

/** @typedef {import("../backend.js").ChordStore} ChordStore */
/** @typedef {import("../backend.js").ChordStanding} ChordStanding */
/** @typedef {"chord_add" | "chord_part" | "chord_claim" | "chord_close"} ChordScript */

/** @type {ChordScript[]} */
const NAMES = ["chord_add", "chord_part", "chord_claim", "chord_close"];
/** How long an added part is remembered: longer than a call is repeated. */
const ADDED_S = 600;

/** For the `scripts` option of a connection. */
export const chordScripts = () => readScripts("backend/redis/lua", NAMES);

/** @implements {ChordStore} */
export class RedisChords {
  #connection;
  #prefix;
  #expiresS;
  #ordered;
  #decompressedSizeLimit;

  /**
   * @param {import("../../transport/redis/client-connection.js").ClientConnection} connection opened with `chordScripts`
   * @param {string} prefix what the keys of groups begin with
   * @param {object} options
   * @param {number} options.expiresS how long a chord's results are kept, 0 = forever
   * @param {boolean} options.ordered false keeps the results as they come (Celery's `result_chord_ordered`)
   * @param {number} options.decompressedSizeLimit bytes that a compressed result may grow to
   */
  constructor(connection, prefix, { expiresS, ordered, decompressedSizeLimit }) {
    this.#connection = connection;
    this.#prefix = prefix;
    this.#expiresS = expiresS;
    this.#ordered = ordered;
    this.#decompressedSizeLimit = decompressedSizeLimit;
  }

  /**
   * Sets the number of parts, which also resets a chord that ran before.
   *
   * @param {string} groupId
   * @param {number} size
   */
  async setSize(groupId, size) {
    const { s, c } = this.#keys(groupId);
    await this.#connection.run((client) => {
      const isNew = client.del(c);
      return Promise.all([isNew, this.#expiresS > 0 ? client.set(s, size, "EX", this.#expiresS) : client.set(s, size)]);
    });
  }

  /** Adds one part to the size. @param {string} groupId */
  async addOne(groupId) {
    const { t } = this.#keys(groupId);
    await this.#script("chord_add", [t, `${t}.${randomUUID()}`], [ADDED_S]);
  }

  /**
   * @param {string} groupId
   * @param {import("../backend.js").ChordPart} part
   * @returns {Promise<ChordStanding>}
   */
  async addPart(groupId, { taskId, index, text, claimS, token }) {
    const { j, t, s, d, group, c } = this.#keys(groupId);
    const args = [taskId, text, index ?? "+inf", this.#expiresS, this.#expiresS, claimS, token, this.#ordered ? 1 : 0];
    return /** @type {ChordStanding} */ (await this.#script("chord_part", [j, t, s, d, group, c], args));
  }

  /**
   * @param {string} groupId
   * @returns {Promise<string[]>} the parts' texts, in header order; unordered: as they came
   */
  async results(groupId) {
    const { j } = this.#keys(groupId);
    const payloads = await this.#connection.run((client) =>
      this.#ordered ? client.zrangeBuffer(j, "0", "-1") : client.lrangeBuffer(j, 0, -1),
    );
    return payloads.map((payload) => payloadText(payload, this.#decompressedSizeLimit));
  }

  /**
   * @param {string} groupId
   * @param {string} token
   * @param {number} seconds
   * @returns {Promise<boolean>} false: another worker has it
   */
  async prolongClaim(groupId, token, seconds) {
    const { c, s } = this.#keys(groupId);
    return (await this.#script("chord_claim", [c, s], [token, seconds])) === 1;
  }

  /**
   * @param {string} groupId
   * @param {number} seconds
   */
  async endClaim(groupId, seconds) {
    await this.#connection.run((client) => client.expire(this.#keys(groupId).c, seconds));
  }

  /**
   * @param {string} groupId
   * @param {string} token
   * @param {number} doneS
   * @returns {Promise<boolean>} false: another worker has the claim
   */
  async close(groupId, token, doneS) {
    const { j, t, s, d, c } = this.#keys(groupId);
    return (await this.#script("chord_close", [c, j, t, s, d], [token, doneS])) === 1;
  }

  /**
   * @param {string} groupId
   * @param {readonly string[]} errbacks called by a failed part, as JSON
   */
  async noteErrbacks(groupId, errbacks) {
    const { e } = this.#keys(groupId);
    await this.#connection.run(async (client) => {
      await client.sadd(e, ...errbacks);
      if (this.#expiresS > 0) await client.expire(e, this.#expiresS);
    });
  }

  /**
   * @param {string} groupId
   * @returns {Promise<string[]>} those that failed parts have called
   */
  async calledErrbacks(groupId) {
    return this.#connection.run((client) => client.smembers(this.#keys(groupId).e));
  }

  /** Drops the size, so that a redelivered part does not fail the chord again. @param {string} groupId */
  async dropSize(groupId) {
    const { s, e } = this.#keys(groupId);
    await this.#connection.run((client) => client.del(s, e));
  }

  /** @param {string} groupId */
  #keys(groupId) {
    const group = this.#prefix + groupId;
    const key = (/** @type {string} */ suffix) => `${group}.${suffix}`;
    return { group, j: key("j"), t: key("t"), s: key("s"), d: key("d"), c: key("c"), e: key("e") };
  }

  /**
   * @param {ChordScript} name
   * @param {string[]} keys
   * @param {(string | number)[]} args
   */
  #script(name, keys, args) {
    return this.#connection.run((client) => client.runScript(name, keys, args));
  }
}
