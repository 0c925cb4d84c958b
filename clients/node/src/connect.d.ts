import type { Jobs } from "./contract.js";

export interface ConnectOptions {
  /** Default: `JOBS_RESULT_BACKEND`, else the broker's URL. */
  resultBackend?: string;
  /** Default: `JOBS_GLOBAL_KEYPREFIX`. */
  globalKeyprefix?: string;
  /**
   * Whether the process asks the workers for their contract after the first call, in the background, and warns once when tasks
   * differ from this client's. Default: true.
   */
  checkContract?: boolean;
}

/**
 * Returns the tasks. Nothing is sent before the first call.
 *
 * @param brokerUrl default: `JOBS_BROKER_URL`
 * @throws {ImproperlyConfigured} when a URL cannot be used
 */
export function connect(brokerUrl?: string, options?: ConnectOptions): Jobs & { close(): Promise<void> };
