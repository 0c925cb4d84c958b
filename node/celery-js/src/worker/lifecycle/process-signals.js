/**
 * The signals that stop a worker (celery.apps.worker, its documentation: "Stopping the worker"), and what each asks for.
 *
 * SIGTERM is a warm stop, however often it comes. SIGINT is a warm stop the first time, and then cold. SIGQUIT is cold, and so
 * is SIGTERM with REMAP_SIGTERM=SIGQUIT. A cold stop waits for the running tasks as well (Celery's soft shutdown), unless
 * that has begun already: then it puts them back at once. One more signal ends the process without waiting for the server.
 */

/** @typedef {"warm" | "soft" | "cold" | "hard"} Stage how urgent a stop is; it only advances, in this order */

const STAGES = /** @type {const} */ (["warm", "soft", "cold", "hard"]);
const SIGNALS = /** @type {const} */ (["SIGTERM", "SIGINT", "SIGQUIT"]);

/**
 * @param {(stage: Stage, signal: string) => void} onStage called when a signal asks for a further stage
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {() => void} stops listening
 */
export function listenForSignals(onStage, environment = process.env) {
  let reached = -1;
  let interrupts = 0;
  const listener = (/** @type {string} */ signal) => {
    if (signal === "SIGINT") interrupts += 1;
    const isTermination = signal === "SIGTERM" && environment.REMAP_SIGTERM !== "SIGQUIT";
    const isWarm = isTermination || (signal === "SIGINT" && interrupts === 1 && reached < 1);
    const asked = isWarm ? 0 : nextColdStage(reached);
    if (asked <= reached || asked >= STAGES.length) return;
    reached = asked;
    onStage(STAGES[asked], signal);
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
}

/** A warm stop already waits for the running tasks, so a cold one after it waits for nothing. @param {number} reached */
const nextColdStage = (reached) => (reached === 0 ? 2 : Math.max(reached + 1, 1));

/**
 * Signals that do not stop a worker. By default, Node ends at each of them, and running tasks would run again after a
 * lease.
 *
 * Celery restarts at SIGHUP; a Node worker leaves that to its supervisor, for which it must keep its process id. When its
 * terminal is closed it also gets SIGHUP: then it stops, warm. SIGUSR2 does what SIGUSR1 does in Celery, which logs what
 * each thread is doing; SIGUSR1 is Node's own (it starts the debugger).
 *
 * @param {object} options
 * @param {import("../observers/log.js").Logger} options.log
 * @param {() => string[]} options.running the running tasks, as `name[id]`
 * @param {boolean} options.isTerminal whether a terminal is at the other end
 * @param {() => void} options.onHangup called when that terminal is closed
 * @returns {() => void} stops listening
 */
export function listenForOtherSignals({ log, running, isTerminal, onHangup }) {
  const hangup = () => {
    if (isTerminal) onHangup();
    else log.warn("SIGHUP is ignored: a Node worker does not restart itself; stop it with SIGTERM and start it again");
  };
  const dump = () => {
    const tasks = running();
    log.info({ tasks }, `SIGUSR2: ${tasks.length} task(s) running${tasks.length === 0 ? "" : `: ${tasks.join(", ")}`}`);
  };
  process.on("SIGHUP", hangup).on("SIGUSR2", dump);
  return () => {
    process.off("SIGHUP", hangup).off("SIGUSR2", dump);
  };
}
