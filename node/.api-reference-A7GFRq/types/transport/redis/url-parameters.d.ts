export type Parameters = {
    virtualHost?: string;
    replyTimeoutMs?: number;
    connectTimeoutMs?: number;
    keepAlive?: boolean;
    echoIntervalMs?: number;
    tls: TlsOptions;
};
export type TlsOptions = import("node:tls").ConnectionOptions & {
    checkHostname?: boolean;
};
export type Refuse = (problem: string) => Error;
export type Reader = (value: string, say: Refuse) => Partial<Parameters>;
export declare const PARAMETER_NAMES: readonly string[];
/**
 * @param {string} query what follows the `?`
 * @param {{ isTls: boolean, refuse: Refuse }} options `refuse` makes the error
 * @returns {Parameters}
 * @throws {Error} of `refuse`, for a name that is not in the list and for a value that it does not take
 */
export declare function readParameters(query: string, { isTls, refuse }: {
    isTls: boolean;
    refuse: Refuse;
}): Parameters;
