/**
 * OpenTelemetry's API, an optional peer: spans are made once the program has registered an SDK. Without the package, a message
 * pays for one check.
 */
import nodeModule from "node:module"; // webpack warns of a createRequire that is imported by name
import { SOURCE_URL } from "../package-files.js";
import { VERSION } from "../version.js";

/**
 * @typedef {typeof import("@opentelemetry/api")} Api
 * @typedef {import("@opentelemetry/api").Context} TraceContext
 * @typedef {import("@opentelemetry/api").Tracer} Tracer
 * @typedef {Readonly<Record<string, unknown>>} Headers of a message: they carry `traceparent` and `tracestate`
 */

const NAME = "celery-js";

/** The package; null: not installed; undefined: not looked for yet. @type {Api | null | undefined} */
let found;

/** @returns {Api | null} null if the package is not installed, and in a bundle */
export function openTelemetry() {
  if (found === undefined) found = load();
  return found;
}

/** @returns {Api | null} */
function load() {
  if (SOURCE_URL === null) return null;
  try {
    return nodeModule.createRequire(SOURCE_URL)("@opentelemetry/api");
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "MODULE_NOT_FOUND") return null;
    throw error;
  }
}

/** @returns {Tracer | null} null until the program has registered an SDK */
export function tracer() {
  const api = openTelemetry();
  if (api === null) return null;
  const provider = /** @type {import("@opentelemetry/api").ProxyTracerProvider} */ (api.trace.getTracerProvider());
  return provider.getDelegateTracer?.(NAME, VERSION) ?? null;
}

/**
 * Ignores headers that are not strings, because other programs may send anything.
 * @type {import("@opentelemetry/api").TextMapGetter<Headers>}
 */
const getter = {
  keys: (headers) => Object.keys(headers),
  get: (headers, name) => {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    return typeof value === "string" ? value : undefined;
  },
};

/**
 * @param {Api} api
 * @param {Headers} headers
 * @returns {TraceContext} the sender's; without one that is readable, an empty one
 */
export const contextOf = (api, headers) => api.propagation.extract(api.ROOT_CONTEXT, headers, getter);

/**
 * @template T
 * @param {Headers} headers
 * @param {() => T} operation whose spans are children of the one that the headers name
 * @returns {T}
 */
export function inContextOf(headers, operation) {
  const api = openTelemetry();
  return api === null ? operation() : api.context.with(contextOf(api, headers), operation);
}

/** @returns {Record<string, string>} headers with the context that is active here; none without a span */
export function activeHeaders() {
  /** @type {Record<string, string>} */
  const headers = {};
  const api = openTelemetry();
  api?.propagation.inject(api.context.active(), headers);
  return headers;
}
