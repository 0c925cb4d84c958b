/** The entry point: all tasks, on a connection that opens with the first call. */
import { Celery } from "celery-js";
import { contract } from "./contract.js";
import { checkContract } from "./drift.js";
import { Task } from "./task.js";

const SERVER = "redis://127.0.0.1:6379/0";
/** After this long without a server, a call ends with an OperationalError. */
const OUTAGE_LIMIT_S = 4;

/** @type {typeof import("./connect.js").connect} */
export function connect(brokerUrl, options = {}) {
  const { JOBS_BROKER_URL, JOBS_RESULT_BACKEND, JOBS_GLOBAL_KEYPREFIX } = process.env;
  const broker = brokerUrl || JOBS_BROKER_URL || SERVER;
  // A given broker does not mix with the environment's results: they may be of another installation.
  const results = options.resultBackend || (brokerUrl ? undefined : JOBS_RESULT_BACKEND) || broker;
  const prefix = options.globalKeyprefix ?? JOBS_GLOBAL_KEYPREFIX;
  const transport = prefix ? { globalKeyprefix: prefix } : {};
  const app = new Celery("jobs_client", {
    brokerUrl: broker,
    resultBackend: results,
    brokerTransportOptions: transport,
    resultBackendTransportOptions: transport,
    taskPublishTimeout: OUTAGE_LIMIT_S,
  });
  if (options.checkContract ?? true) checkContract(app);
  const folder = /** @type {any} */ (bound(app, /** @type {Declared} */ (contract)));
  return Object.assign(folder, { close: () => app.close() });
}

/**
 * @typedef {{ [name: string]: Declared | [task: string, queue: string, parameters: string] }} Declared
 * @typedef {{ [name: string]: Bound | Task<any, any, unknown> }} Bound
 */

/**
 * @param {Celery} app
 * @param {Declared} folder
 * @returns {Bound} the folder with its tasks on a connection
 */
function bound(app, folder) {
  const members = Object.entries(folder).map(([name, member]) => [
    name,
    Array.isArray(member) ? new Task(app, ...member) : bound(app, member),
  ]);
  return Object.fromEntries(members);
}
