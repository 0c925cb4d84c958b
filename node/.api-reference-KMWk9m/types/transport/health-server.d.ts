export type Answer = {
    ok: boolean;
    [fact: string]: unknown;
};
/**
 * @typedef {{ ok: boolean, [fact: string]: unknown }} Answer
 *
 * @param {object} options
 * @param {import("../validation/health-address.js").HealthAddress} options.address port 0 = any that is free
 * @param {Record<string, () => Answer>} options.questions by path
 * @returns {Promise<import("../validation/health-address.js").HealthAddress>} where it listens
 * @throws `Error` when it cannot listen there
 */
export declare function serveHealth({ address, questions }: {
    address: import("../validation/health-address.js").HealthAddress;
    questions: Record<string, () => Answer>;
}): Promise<import("../validation/health-address.js").HealthAddress>;
