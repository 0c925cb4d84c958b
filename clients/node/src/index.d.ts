/** Typed calls of the jobs: `connect()`, then `jobs.py.forecasts.demand.predict.delay([3, 4], 2)`. */
export { OperationalError, type SendOptions, TimeoutError } from "celery-js";
export { chain, chord, Group, group, Signature, Step } from "./canvas.js";
export { type ConnectOptions, connect } from "./connect.js";
export type * from "./contract.js";
export { type GetOptions, GroupJob, Job, type State } from "./job.js";
export { NamedCall, Task } from "./task.js";
