export type AnySignature = import("./types.js").AnySignature;
export type SendOptions = import("../tasks/send-options.js").SendOptions;
export declare class Linkable {
    /** @type {SendOptions} */
    options: SendOptions;
    /** @param {SendOptions} options */
    constructor(options: SendOptions);
    /**
     * @template {AnySignature} S
     * @param {S} callback sent with the result once the task has succeeded
     * @returns {S} the callback
     * @throws {TypeError} when it is not a signature
     */
    link<S extends AnySignature>(callback: S): S;
    /**
     * @template {AnySignature} S
     * @param {S} errback called once the task has failed
     * @returns {unknown} the errback; of a group, those that each task got
     * @throws {TypeError} when it is not a signature
     */
    linkError<S extends AnySignature>(errback: S): unknown;
    /**
     * As `linkError`.
     *
     * @param {AnySignature} errback
     * @returns {this} the signature
     * @throws {TypeError} when it is not a signature
     */
    onError(errback: AnySignature): this;
    /**
     * @param {"link" | "linkError"} name
     * @param {unknown} item added unless the same is there already
     */
    addToList(name: "link" | "linkError", item: unknown): void;
    /**
     * @param {"link" | "linkError"} name
     * @param {unknown} added one or a list
     */
    extendList(name: "link" | "linkError", added: unknown): void;
}
