/** What does not work although the broker is there, reported from the connection's thread: again and again, then once that it is over. */

/** @typedef {{ kind: string, line: string, over: string }} Trouble see `onTrouble` of `ConsumerHooks` */

export class Troubles {
  #report;
  /** @type {Set<string>} */
  #kinds = new Set();

  /** @param {(report: { trouble: Trouble } | { troubleOver: string }) => void} report */
  constructor(report) {
    this.#report = report;
  }

  /** @param {Trouble} trouble */
  note(trouble) {
    this.#kinds.add(trouble.kind);
    this.#report({ trouble });
  }

  /** @param {string} kind of a trouble, which there may be or not */
  end(kind) {
    if (this.#kinds.delete(kind)) this.#report({ troubleOver: kind });
  }
}
