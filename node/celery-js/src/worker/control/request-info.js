/** How the answers of remote control describe a message (`celery.worker.request.Request.info`). */
import { reprArgs, reprKwargs } from "../../protocol/repr.js";

/**
 * @param {import("../../execution/request.js").Request} request
 * @param {string} hostname of this worker
 * @param {boolean} [safe] arguments as texts
 */
export function infoOf({ message, task, execution, acknowledged }, hostname, safe = false) {
  const { id, name, args, kwargs, deliveryInfo, argsrepr, kwargsrepr } = message;
  return {
    id,
    name,
    args: safe ? (argsrepr ?? reprArgs(args)) : args,
    kwargs: safe ? (kwargsrepr ?? reprKwargs(kwargs)) : kwargs,
    type: task.name,
    hostname,
    time_start: execution === null ? null : (performance.timeOrigin + execution.startedAtMs) / 1000,
    acknowledged,
    delivery_info: deliveryInfo,
    worker_pid: execution === null ? null : process.pid,
  };
}
