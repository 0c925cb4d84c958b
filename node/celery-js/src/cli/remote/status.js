/** `celery-js status`: lists the workers (celery.bin.control.status). */
import { flattenReplies } from "../../app/replies.js";
import { asked, jsonLine, REMOTE_OPTIONS, remoteOptions } from "./asking.js";
import { withCluster } from "./cluster.js";
import { onlineText, replyText } from "./text.js";

/** @type {import("../command.js").Command} */
export const STATUS = {
  summary: "Show list of workers that are online.\n\nExit code 69: there are none, or the broker does not answer.",
  options: REMOTE_OPTIONS,
  run: ({ values, terminal }) => {
    const options = remoteOptions(values);
    return withCluster(values, async ({ control }) => {
      const replies = await asked(control, { command: "ping", ...options }, (reply) => {
        if (values.json) return;
        terminal.print(replyText(reply, terminal, { isBrief: true, isQuiet: Boolean(values.quiet) }));
      });
      const nodes = flattenReplies(replies);
      if (values.json) return terminal.print(jsonLine(nodes));
      return values.quiet ? 0 : terminal.print(onlineText(Object.keys(nodes).length));
    });
  },
};
