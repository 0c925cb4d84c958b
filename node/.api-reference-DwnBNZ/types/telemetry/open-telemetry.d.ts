export type Api = typeof import("@opentelemetry/api");
export type TraceContext = import("@opentelemetry/api").Context;
export type Tracer = import("@opentelemetry/api").Tracer;
export type Headers = Readonly<Record<string, unknown>>;
/** @returns {Api | null} null if the package is not installed, and in a bundle */
export declare function openTelemetry(): Api | null;
/** @returns {Tracer | null} null until the program has registered an SDK */
export declare function tracer(): Tracer | null;
/**
 * @param {Api} api
 * @param {Headers} headers
 * @returns {TraceContext} the sender's; without one that is readable, an empty one
 */
export declare const contextOf: (api: Api, headers: Headers) => TraceContext;
/**
 * @template T
 * @param {Headers} headers
 * @param {() => T} operation whose spans are children of the one that the headers name
 * @returns {T}
 */
export declare function inContextOf<T>(headers: Headers, operation: () => T): T;
/** @returns {Record<string, string>} headers with the context that is active here; none without a span */
export declare function activeHeaders(): Record<string, string>;
/**
 * @param {Headers} headers
 * @returns {string | undefined} the id of the trace that a message belongs to, whoever traces it
 */
export declare function traceIdIn({ traceparent }: Headers): string | undefined;
