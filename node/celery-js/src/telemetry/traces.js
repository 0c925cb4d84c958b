/** Starts OpenTelemetry's SDK for Node, which reads the variables `OTEL_*`. */
import { openTelemetry, tracer } from "./open-telemetry.js";
import { NOT_WANTED, optional } from "./optional.js";

/** A program that sets one of them wants its spans exported. */
const ASKING = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER"];

/** Not a literal in `import()`, because type checkers and bundlers would look for the package. @type {string} */
const PACKAGE = "@opentelemetry/sdk-node";
/** Newer ones do not run on Node 20. */
const SDK = `${PACKAGE}@^0.220`;

/**
 * The used parts of the package.
 *
 * @typedef {{ NodeSDK: new (options: { serviceName?: string }) => { start: () => void, shutdown: () => Promise<void> } }} Sdk
 */

/** @returns {Promise<Sdk>} */
const load = () => import(PACKAGE);

/** Exporters that the SDK would also start, unless they are set. */
const OTHERS = ["OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER"];

/**
 * @param {string} service
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<import("./optional.js").Started>}
 */
export async function startTraces(service, environment) {
  const asking = ASKING.find((name) => environment[name]);
  if (asking === undefined || environment.OTEL_TRACES_EXPORTER === "none") return NOT_WANTED;
  if (environment.OTEL_SDK_DISABLED?.toLowerCase() === "true") return NOT_WANTED;
  // For example by `node --import @opentelemetry/auto-instrumentations-node/register`.
  if (tracer() !== null) return { problem: null, flush: flushProvider };
  const sdk = await optional(load, SDK, asking, "nothing is traced");
  if (typeof sdk === "string") return { problem: sdk, flush: null };
  for (const name of OTHERS) environment[name] ||= "none";
  const running = new sdk.NodeSDK(hasServiceName(environment) ? {} : { serviceName: service });
  running.start();
  return { problem: null, flush: () => running.shutdown() };
}

/** @param {NodeJS.ProcessEnv} environment */
const hasServiceName = ({ OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES = "" }) =>
  Boolean(OTEL_SERVICE_NAME) || /(^|,)\s*service\.name\s*=/.test(OTEL_RESOURCE_ATTRIBUTES);

/** Flushes an SDK that was started elsewhere. */
async function flushProvider() {
  const provider = /** @type {{ getDelegate?: () => { forceFlush?: () => Promise<void> } } | undefined} */ (
    openTelemetry()?.trace.getTracerProvider()
  );
  await provider?.getDelegate?.().forceFlush?.();
}
