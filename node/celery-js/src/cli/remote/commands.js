/** The commands that ask or change running workers: `celery-js control`, `inspect` and `status`. */
import { flattenReplies } from "../../app/replies.js";
import { askByName, asked, jsonLine, REMOTE_OPTIONS, remoteOptions } from "./asking.js";
import { withCluster } from "./cluster.js";
import { onlineText, replyText } from "./text.js";

/** Changes running workers (celery.bin.control.control). @type {import("../command.js").Command} */
export const CONTROL = {
  summary:
    "Send a control command to the workers.\n\n" +
    "COMMAND is one of --list, with its arguments. All workers get it, unless --destination names some. " +
    "Exit code 69: no worker has answered, as after shutdown, or the broker has not.",
  args: "COMMAND [ARGS]...",
  options: { list: { type: "boolean", help: "List available control commands and exit." }, ...REMOTE_OPTIONS },
  run: (call) => askByName("control", call, (replies) => (call.values.json ? jsonLine(replies) : "")),
};

/** Asks workers about their state (celery.bin.control.inspect). @type {import("../command.js").Command} */
export const INSPECT = {
  summary:
    "Ask the workers what they do.\n\n" +
    "COMMAND is one of --list, with its arguments. Exit code 69: no worker has answered, or the broker has not.",
  args: "COMMAND [ARGS]...",
  options: { list: { type: "boolean", help: "List available inspect commands and exit." }, ...REMOTE_OPTIONS },
  run: (call) =>
    askByName("inspect", call, (replies) => {
      const nodes = flattenReplies(replies);
      if (call.values.json) return jsonLine(nodes);
      return call.values.quiet ? "" : onlineText(Object.keys(nodes).length);
    }),
};

/** Lists the workers (celery.bin.control.status). @type {import("../command.js").Command} */
export const STATUS = {
  summary: "Show list of workers that are online.\n\nExit code 69: there are none, or the broker does not answer.",
  options: REMOTE_OPTIONS,
  run: ({ values, terminal }) => {
    const options = remoteOptions(values);
    return withCluster(values, async (cluster) => {
      const replies = await asked(cluster, { command: "ping", ...options }, (reply) => {
        if (values.json) return;
        terminal.print(replyText(reply, terminal, { isBrief: true, isQuiet: Boolean(values.quiet) }));
      });
      const nodes = flattenReplies(replies);
      if (values.json) return terminal.print(jsonLine(nodes));
      return values.quiet ? 0 : terminal.print(onlineText(Object.keys(nodes).length));
    });
  },
};
