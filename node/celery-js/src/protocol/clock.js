/**
 * Lamport's logical clock, as Celery has it (kombu.clocks.LamportClock): it orders what happened in programs whose clocks on
 * the wall differ. Guarantee: a message sent after receiving another has the greater number, unless that has an unusable one.
 */

/** Larger numbers are ignored. Far enough below the largest exact integer that no clock counts up to it. */
const MAX_CLOCK = 2 ** 52;

export class LamportClock {
  value = 0;

  /** Called before sending. @returns {number} the number of the message */
  forward() {
    this.value += 1;
    return this.value;
  }

  /**
   * Called on receiving. An unusable number counts as 0, or one message could stop the clocks of all programs.
   *
   * @param {number} other the number that came with it
   * @returns {number}
   */
  adjust(other) {
    const isUsable = Number.isInteger(other) && other <= MAX_CLOCK;
    this.value = Math.max(this.value, isUsable ? other : 0) + 1;
    return this.value;
  }
}
