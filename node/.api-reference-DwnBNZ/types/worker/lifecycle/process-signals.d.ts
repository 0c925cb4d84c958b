/**
 * The signals that stop a worker (celery.apps.worker, its documentation: "Stopping the worker"), and what each asks for.
 *
 * SIGTERM is a warm stop, however often it comes. SIGINT is a warm stop the first time, and then cold. SIGQUIT is cold, and so
 * is SIGTERM with REMAP_SIGTERM=SIGQUIT. A cold stop waits for the running tasks as well (Celery's soft shutdown), unless
 * that has begun already: then it puts them back at once. One more signal stops waiting for the server too.
 */
export type Stage = "warm" | "soft" | "cold" | "hard";
/**
 * @param {(stage: Stage, signal: string) => void} onStage called when a signal asks for more than those before it did
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {() => void} stops listening
 */
export declare function listenForSignals(onStage: (stage: Stage, signal: string) => void, environment?: NodeJS.ProcessEnv): () => void;
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
export declare function listenForOtherSignals({ log, running, isTerminal, onHangup }: {
    log: import("../observers/log.js").Logger;
    running: () => string[];
    isTerminal: boolean;
    onHangup: () => void;
}): () => void;
