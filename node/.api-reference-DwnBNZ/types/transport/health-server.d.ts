export type Answer = {
    ok: boolean;
    [fact: string]: unknown;
};
export type Text = {
    contentType: string;
    text: string;
};
export type Questions = Record<string, () => Answer | Promise<Text>>;
/**
 * @typedef {{ ok: boolean, [fact: string]: unknown }} Answer
 * @typedef {{ contentType: string, text: string }} Text
 * @typedef {Record<string, () => Answer | Promise<Text>>} Questions by path
 *
 * @param {object} options
 * @param {import("../validation/health-address.js").HealthAddress} options.address port 0 = any that is free
 * @param {Questions} options.questions
 * @returns {Promise<import("../validation/health-address.js").HealthAddress>} where it listens
 * @throws `Error` when it cannot listen there
 */
export declare function serveHealth({ address, questions }: {
    address: import("../validation/health-address.js").HealthAddress;
    questions: Questions;
}): Promise<import("../validation/health-address.js").HealthAddress>;
