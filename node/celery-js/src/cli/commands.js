/** The table of commands: one entry, and one file or folder, for each. */
import { CALL } from "./call.js";
import { DEAD } from "./dead/commands.js";
import { PURGE } from "./purge.js";
import { RESULT } from "./result.js";
import { WORKER } from "./worker/command.js";

/** @type {import("./command.js").Command} */
export const COMMANDS = {
  summary: "The command line of celery-js.",
  options: {
    app: { type: "string", short: "A", metavar: "FILE", about: "Module that exports the app, or its settings." },
    broker: { type: "string", short: "b", metavar: "URL", about: "The broker, instead of the app's." },
    "result-backend": { type: "string", metavar: "URL", about: "The result backend, instead of the app's." },
    "no-color": { type: "boolean", short: "C", about: "Print without colours." },
    help: { type: "boolean", about: "Show this message and exit." },
    version: { type: "boolean", about: "Show the version and exit." },
  },
  commands: { call: CALL, dead: DEAD, purge: PURGE, result: RESULT, worker: WORKER },
};
