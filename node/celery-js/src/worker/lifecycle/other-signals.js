/**
 * Signals that do not stop a worker. By itself, Node would end at each of them, and what runs would run again after a lease.
 *
 * Celery restarts at SIGHUP; a Node worker leaves that to whatever supervises it, under whose eyes it must keep its process id. When
 * a terminal is closed it gets SIGHUP as well: then it stops, warm. SIGUSR2 does what SIGUSR1 does in Celery, which logs what
 * each thread is doing; SIGUSR1 is Node's own (it starts the debugger).
 */

/**
 * @param {object} options
 * @param {import("../observers/log.js").Logger} options.log
 * @param {() => string[]} options.running what runs now, as `name[id]`
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
