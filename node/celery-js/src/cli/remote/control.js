/** `celery-js control`: changes running workers (celery.bin.control.control). */
import { askByName, jsonLine, REMOTE_OPTIONS } from "./asking.js";

/** @type {import("../command.js").Command} */
export const CONTROL = {
  summary:
    "Send a control command to the workers.\n\n" +
    "COMMAND is one of --list, with its arguments. All workers get it, unless --destination names some. " +
    "Exit code 69: no worker has answered, as after shutdown, or the broker has not.",
  args: "COMMAND [ARGS]...",
  options: { list: { type: "boolean", help: "List available control commands and exit." }, ...REMOTE_OPTIONS },
  run: (call) => askByName("control", call, (replies) => (call.values.json ? jsonLine(replies) : "")),
};
