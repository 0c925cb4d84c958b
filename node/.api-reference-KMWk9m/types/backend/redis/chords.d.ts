export type ChordStore = import("../backend.js").ChordStore;
export type ChordStanding = import("../backend.js").ChordStanding;
export type ChordScript = "chord_part" | "chord_claim" | "chord_close";
/** For the `scripts` option of a connection. */
export declare const chordScripts: () => import("../../transport/redis/scripts.js").Scripts;
/** @implements {ChordStore} */
export declare class RedisChords implements ChordStore {
    #private;
    /**
     * @param {import("../../transport/redis/client-connection.js").ClientConnection} connection opened with `chordScripts`
     * @param {string} prefix what the keys of groups begin with
     * @param {object} options
     * @param {number} options.expiresS how long a chord's results are kept, 0 = forever
     * @param {boolean} options.ordered false keeps the results as they come (Celery's `result_chord_ordered`)
     * @param {number} options.decompressedSizeLimit bytes that a compressed result may grow to
     */
    constructor(connection: import("../../transport/redis/client-connection.js").ClientConnection, prefix: string, { expiresS, ordered, decompressedSizeLimit }: {
        expiresS: number;
        ordered: boolean;
        decompressedSizeLimit: number;
    });
    /**
     * Sets the number of parts, which also resets a chord that ran before.
     *
     * @param {string} groupId
     * @param {number} size
     */
    setSize(groupId: string, size: number): Promise<void>;
    /** Adds one part to the size. @param {string} groupId */
    addOne(groupId: string): Promise<void>;
    /**
     * @param {string} groupId
     * @param {import("../backend.js").ChordPart} part
     * @returns {Promise<ChordStanding>}
     */
    addPart(groupId: string, { taskId, index, text, claimS, token }: import("../backend.js").ChordPart): Promise<ChordStanding>;
    /**
     * @param {string} groupId
     * @returns {Promise<string[]>} the parts' texts, in header order; unordered: as they came
     */
    results(groupId: string): Promise<string[]>;
    /**
     * @param {string} groupId
     * @param {string} token
     * @param {number} seconds
     * @returns {Promise<boolean>} false: another worker has it
     */
    prolongClaim(groupId: string, token: string, seconds: number): Promise<boolean>;
    /**
     * @param {string} groupId
     * @param {string} token
     * @param {number} doneS
     * @returns {Promise<boolean>} false: another worker has the claim
     */
    close(groupId: string, token: string, doneS: number): Promise<boolean>;
    /**
     * @param {string} groupId
     * @param {readonly string[]} errbacks called by a failed part, as JSON
     */
    noteErrbacks(groupId: string, errbacks: readonly string[]): Promise<void>;
    /**
     * @param {string} groupId
     * @returns {Promise<string[]>} those that failed parts have called
     */
    calledErrbacks(groupId: string): Promise<string[]>;
    /** Drops the size, so that a redelivered part does not fail the chord again. @param {string} groupId */
    dropSize(groupId: string): Promise<void>;
}
