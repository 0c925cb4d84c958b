/**
 * Lamport's logical clock, as Celery has it (kombu.clocks.LamportClock): it orders what happened in programs whose clocks on
 * the wall differ. Guarantee: a message sent after receiving another has the greater number.
 */
export class LamportClock {
  value = 0;

  /** Called before sending. @returns {number} the number of the message */
  forward() {
    this.value += 1;
    return this.value;
  }

  /**
   * Called on receiving.
   *
   * @param {number} other the number that came with it
   * @returns {number}
   */
  adjust(other) {
    this.value = Math.max(this.value, other) + 1;
    return this.value;
  }
}
