/** `celery-js purge`: deletes the messages that wait in queues (celery.bin.purge). */
import { purgeQueues } from "../transport/transport.js";
import { queueNames as queuesOfApp } from "../validation/task-queues.js";
import { JSON_OUTPUT, queueNames } from "./command.js";
import { json } from "./dead/text.js";
import { loadSettings } from "./module.js";

/** @type {import("./command.js").Command} */
export const PURGE = {
  summary:
    "Erase all messages from all known task queues.\n\n" +
    "There's no undo operation for this command. Known are the queues in taskQueues, else the default queue.",
  options: {
    force: { type: "boolean", short: "f", help: "Don't prompt for verification." },
    queues: { type: "string", short: "Q", metavar: "NAMES", help: "Comma separated list of queue names to purge." },
    "exclude-queues": {
      type: "string",
      short: "X",
      metavar: "NAMES",
      help: "Comma separated list of queues names not to purge.",
    },
    ...JSON_OUTPUT,
  },
  run: async ({ values, terminal }) => {
    const { queues: only, "exclude-queues": without } = values;
    const chosen = only === undefined ? null : queueNames(String(only));
    const excluded = without === undefined ? [] : queueNames(String(without));
    const { settings } = await loadSettings(values);
    const queues = (chosen ?? queuesOfApp(settings)).filter((queue) => !excluded.includes(queue)).sort();
    if (queues.length === 0) return values.json ? terminal.print(json({ purged: 0, queues })) : 0;
    if (!values.force && !(await terminal.confirm(question(queues, terminal)))) {
      terminal.error("Aborted!");
      return 1;
    }
    const purged = await purgeQueues(settings, queues);
    return terminal.print(values.json ? json({ purged, queues }) : report(purged, queues));
  },
};

/**
 * @param {string[]} queues
 * @param {import("./terminal.js").Terminal} terminal
 */
const question = (queues, terminal) =>
  `${terminal.red("WARNING")}:This will remove all tasks from ${counted(queues.length, "queue")}: ${queues.join(", ")}.\n` +
  "         There is no undo for this operation!\n\n(to skip this prompt use the -f option)\n" +
  "Are you sure you want to delete all tasks?";

/**
 * @param {number} purged
 * @param {string[]} queues
 */
function report(purged, { length }) {
  const headline = counted(length, "queue");
  if (purged === 0) return `No messages purged from ${length} ${headline}.`;
  return `Purged ${purged} ${counted(purged, "message")} from ${length} known task ${headline}.`;
}

/**
 * @param {number} count
 * @param {string} word
 */
const counted = (count, word) => (count === 1 ? word : `${word}s`);
