/**
 * Lamport's logical clock, as Celery has it (kombu.clocks.LamportClock): it orders what happened in programs whose clocks on
 * the wall differ. Guarantee: a message sent after receiving another has the greater number, unless that has an unusable one.
 */
export declare class LamportClock {
    value: number;
    /** Called before sending. @returns {number} the number of the message */
    forward(): number;
    /**
     * Called on receiving. An unusable number counts as 0, or one message could stop the clocks of all programs.
     *
     * @param {number} other the number that came with it
     * @returns {number}
     */
    adjust(other: number): number;
}
