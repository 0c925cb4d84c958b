/**
 * A Lamport clock (`kombu.clocks.LamportClock`): each message of remote control and each event carries its value, so that what
 * happened on several machines can be put in order.
 */
export class LamportClock {
  value = 0;

  /** @returns {number} the time of something that happens here now */
  forward() {
    this.value += 1;
    return this.value;
  }

  /** @param {number} other what a message says @returns {number} the time of its arrival */
  adjust(other) {
    this.value = Math.max(this.value, other) + 1;
    return this.value;
  }
}
