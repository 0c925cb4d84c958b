export type Parameters = {
    virtualHost?: string;
    replyTimeoutMs?: number;
    connectTimeoutMs?: number;
    keepAlive?: boolean;
    echoIntervalMs?: number;
    tls: TlsOptions;
    /**
     * to the servers that sentinels name
     */
    isTls?: boolean;
    sentinel: SentinelParameters;
};
export type SentinelParameters = {
    masterName?: string;
    minOtherSentinels?: number;
    username?: string;
    password?: string;
    /**
     * to the sentinels
     */
    isTls?: boolean;
};
export type TlsOptions = import("node:tls").ConnectionOptions & {
    checkHostname?: boolean;
};
export type Refuse = (problem: string) => Error;
export type Reader = (value: string, say: Refuse) => Partial<Parameters>;
/** Those that are no secrets. */
export declare const PARAMETER_NAMES: readonly string[];
/**
 * @param {string} query what follows the `?`
 * @param {{ scheme: string, refuse: Refuse }} options `refuse` makes the error
 * @returns {Parameters}
 * @throws `Error` of `refuse`, for a name that is not in the list, and for an invalid value
 */
export declare function readParameters(query: string, { scheme, refuse }: {
    scheme: string;
    refuse: Refuse;
}): Parameters;
