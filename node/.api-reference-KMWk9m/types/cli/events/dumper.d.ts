export declare class Dumper {
    #private;
    /**
     * @param {import("../../protocol/events.js").CeleryEvent} event
     * @returns {string} one line
     */
    line({ timestamp, type, hostname, ...fields }: import("../../protocol/events.js").CeleryEvent): string;
}
