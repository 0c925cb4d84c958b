/** `celery-js events`: prints the events of a cluster as they come (celery.bin.events, celery.events.dumper). */
import { setTimeout as sleep } from "node:timers/promises";
import { OperationalError } from "../../errors.js";
import { dumps } from "../../protocol/json.js";
import { withCluster } from "../remote/cluster.js";
import { Dumper } from "./dumper.js";

/** The pauses between attempts to reach the broker, in seconds: the first, the increment, the longest. */
const RETRY = { first: 2, step: 2, most: 30 };

const CAMERA = "there are no snapshots; receive events in your own program with `app.events.receiver()`";
const PROCESS = "leave it to what starts the command: systemd, a container, a shell";

/** @type {import("../command.js").Command} */
export const EVENTS = {
  summary:
    "Print the events of workers, clients and tasks.\n\n" +
    "A line for each event, until Ctrl-C. Workers send events of tasks if they are started with -E, or after " +
    "celery-js control enable_events. This is the only view, with or without --dump.",
  options: {
    dump: { type: "boolean", short: "d", help: "Print lines; this is the default." },
    json: { type: "boolean", short: "j", help: "Print each event as a line of JSON." },
  },
  refused: {
    camera: { type: "string", short: "c", why: CAMERA },
    frequency: { type: "string", short: "F", why: CAMERA },
    freq: { type: "string", why: CAMERA },
    maxrate: { type: "string", short: "r", why: CAMERA },
    loglevel: { type: "string", short: "l", why: CAMERA },
    detach: { type: "boolean", why: PROCESS },
    logfile: { type: "string", short: "f", why: PROCESS },
    pidfile: { type: "string", why: PROCESS },
    uid: { type: "string", why: PROCESS },
    gid: { type: "string", why: PROCESS },
    umask: { type: "string", why: PROCESS },
    executable: { type: "string", why: PROCESS },
  },
  run: ({ values, terminal }) =>
    withCluster(values, async ({ events }) => {
      const over = new AbortController();
      const end = () => over.abort();
      process.once("SIGINT", end);
      const dumper = new Dumper();
      const show = (/** @type {import("../../app/event-receiver.js").ReceivedEvent} */ event) => {
        terminal.print(values.json ? dumps(event) : dumper.line(event));
        if (!terminal.isRead) end();
      };
      const receiver = events.receiver({ handlers: { "*": show } });
      // Programs read the output of --json, so messages to people go to stderr.
      const say = values.json ? terminal.error.bind(terminal) : terminal.print.bind(terminal);
      try {
        say("-> evdump: starting capture...");
        await untilOver(start(receiver, say, over.signal), over.signal);
      } finally {
        process.off("SIGINT", end);
        await receiver.close();
      }
      return 0;
    }),
};

/**
 * @param {import("../../app/event-receiver.js").EventReceiver} receiver
 * @param {(text: string) => unknown} say
 * @param {AbortSignal} signal
 * @returns {Promise<void>} once it receives; retries while the broker cannot be reached, and throws the broker's refusals
 */
async function start(receiver, say, signal) {
  for (let pause = RETRY.first; !signal.aborted; pause = Math.min(pause + RETRY.step, RETRY.most)) {
    try {
      return await receiver.start();
    } catch (error) {
      if (!(error instanceof OperationalError && error.isTemporary)) throw error;
      if (signal.aborted) return;
      say(`-> Cannot connect: ${error.message}.\nTrying again in ${pause.toFixed(2)} seconds\n`);
      await sleep(pause * 1000, undefined, { signal }).catch(() => {});
    }
  }
}

/**
 * @param {Promise<void>} started
 * @param {AbortSignal} signal
 * @returns {Promise<void>} once it is aborted; throws what `started` does
 */
async function untilOver(started, signal) {
  const aborted = new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener("abort", resolve, { once: true });
  });
  await Promise.race([started.then(() => aborted), aborted]);
}
