/** The pages that are kept up to date, by session. Each has a stream of events. */
import { EventEmitter, on } from "node:events";
import { Refusal } from "./guard.js";

/** Of one session. A hidden page closes its own. */
const MOST_STREAMS = 20;
/** Events that a page has not read. After the end of its stream it opens another one, which begins with all jobs. */
const MOST_WAITING = 500;
const STOP = "stop";

export class Pages {
  /** Emits the events of each session under the session's name. */
  #events = new EventEmitter().setMaxListeners(0);
  /** @type {Map<string, number>} how many streams each session has */
  #streams = new Map();

  /**
   * Opens a stream at once, not when it is first read.
   *
   * @param {string} session
   * @param {import("node:http").ServerResponse} connection whose "close" ends the stream
   * @returns {AsyncGenerator<any[], void>} each event with its name and its data
   * @throws {Refusal} if the session has as many streams as it may have
   */
  open(session, connection) {
    if ((this.#streams.get(session) ?? 0) >= MOST_STREAMS) {
      const message = `At most ${MOST_STREAMS} pages of a browser are kept up to date: close some`;
      throw new Refusal(429, "too-many-streams", message);
    }
    const events = on(this.#events, session, { close: [STOP] });
    let waiting = 0;
    const end = () => void events.return?.();
    const count = () => {
      waiting += 1;
      if (waiting > MOST_WAITING) end();
    };
    this.#events.on(session, count);
    this.#streams.set(session, (this.#streams.get(session) ?? 0) + 1);
    const close = () => {
      end();
      this.#events.off(session, count);
      const left = (this.#streams.get(session) ?? 1) - 1;
      if (left > 0) this.#streams.set(session, left);
      else this.#streams.delete(session);
    };
    if (connection.destroyed) close();
    else connection.once("close", close);
    async function* all() {
      for await (const event of events) {
        waiting -= 1;
        yield event;
      }
    }
    return all();
  }

  /** @param {string} session @param {string} event @param {object | null} data */
  tell(session, event, data) {
    this.#events.emit(session, event, data);
  }

  /** @param {string} event @param {object | null} data */
  tellAll(event, data) {
    for (const session of this.#streams.keys()) this.tell(session, event, data);
  }

  /** Ends all streams, so that the server can stop. Pages connect again by themselves. */
  stop() {
    this.#events.emit(STOP);
  }
}
