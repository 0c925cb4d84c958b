/**
 * Lamport's logical clock, as Celery has it (kombu.clocks.LamportClock): it orders what happened in programs whose clocks on
 * the wall differ. Guarantee: what a program says after it has heard of something has the greater number.
 */
export declare class LamportClock {
    value: number;
    /** Before something is said. @returns {number} the number of it */
    forward(): number;
    /**
     * When something is heard.
     *
     * @param {number} other the number that came with it
     * @returns {number}
     */
    adjust(other: number): number;
}
