/** Where a worker answers health checks: a port, a host and a port, or a Unix socket. */
export type HealthAddress = {
    host: string;
    port: number;
} | {
    path: string;
};
/**
 * @param {unknown} value a port (of 127.0.0.1; 0 = any that is free), "host:port", or the absolute path of a socket
 * @returns {HealthAddress | null} null when it is none of these
 */
export declare function parseHealthAddress(value: unknown): HealthAddress | null;
/**
 * @param {HealthAddress} address
 * @returns {string} as a person reads it, and as `curl` takes it
 */
export declare function showHealthAddress(address: HealthAddress): string;
/**
 * @param {HealthAddress} address
 * @param {string} reason
 * @returns {string} the error of a worker that cannot listen there
 */
export declare const cannotListen: (address: HealthAddress, reason: string) => string;
