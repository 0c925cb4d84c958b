/**
 * Lets the message of a task's only follow-up travel with the task's result and acknowledgement, in one step on the server:
 * the next task of a chain then starts one round trip earlier, and a crash cannot come in between.
 *
 * It stands in for the publisher when the follow-up is sent: it keeps the message, and the follow-up's `applyAsync` waits until the
 * worker says what has become of it.
 */

/**
 * @typedef {import("../../transport/transport.js").Publication} Publication
 * @typedef {Pick<import("../../transport/transport.js").Publisher, "publish" | "check">} Publisher
 */

export class Carrier {
  #publisher;
  #isLoaded = false;
  #load = (/** @type {Publication} */ _publication) => {};
  #end = (/** @type {Promise<void> | void} */ _sent) => {};
  #ended;

  /**
   * @param {string} taskId of the follow-up
   * @param {Publisher} publisher sends what cannot be carried
   */
  constructor(taskId, publisher) {
    this.taskId = taskId;
    this.#publisher = publisher;
    /** Resolves to the message once it is there. @type {Promise<Publication>} */
    this.loaded = new Promise((resolve) => {
      this.#load = resolve;
    });
    /** @type {Promise<void>} */
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /**
   * See `Publisher`. A message that is tried again goes to the publisher itself.
   *
   * @param {Publication} publication
   * @returns {Promise<void>}
   * @throws {EncodeError} when the message is too large
   */
  async publish(publication) {
    if (this.#isLoaded) return this.#publisher.publish(publication);
    this.#publisher.check(publication.text);
    this.#isLoaded = true;
    this.#load(publication);
    return this.#ended;
  }

  /** Tells the sender that the message has arrived. */
  delivered() {
    this.#end();
  }

  /** Sends the message with the publisher instead. @param {Publication} publication */
  sendApart(publication) {
    this.#end(this.#publisher.publish(publication));
  }
}

/**
 * @param {Publication} publication
 * @returns {boolean} whether it goes straight into a queue
 */
export const isForQueue = ({ exchange, exchangeType = "direct" }) => exchange === "" && exchangeType !== "fanout";
