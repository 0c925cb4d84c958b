/** `celery-js inspect`: asks workers about their state (celery.bin.control.inspect). */
import { flattenReplies } from "../../app/replies.js";
import { askByName, jsonLine, REMOTE_OPTIONS } from "./asking.js";
import { onlineText } from "./text.js";

/** @type {import("../command.js").Command} */
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
