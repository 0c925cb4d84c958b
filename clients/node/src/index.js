/** Typed calls of the jobs: `connect()`, then `jobs.py.forecasts.demand.predict.delay([3, 4], 2)`. */
export { OperationalError, TimeoutError } from "celery-js";
export { chain, chord, Group, group, Signature, Step } from "./canvas.js";
export { connect } from "./connect.js";
export { GroupJob, Job } from "./job.js";
export { Task } from "./task.js";
