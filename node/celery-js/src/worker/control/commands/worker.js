/** Commands for the worker itself, and elections, which Node workers do not take part in. */
import { NO_REPLY } from "../no-reply.js";
import { ok } from "../state.js";

/** @type {readonly import("../panel.js").ControlCommand[]} */
export const WORKER = [
  {
    name: "shutdown",
    type: "control",
    isOpen: true,
    run: ({ log, stop }, { msg = "Got shutdown from remote" }) => {
      log.warn(String(msg));
      stop();
      return NO_REPLY; // a Python worker raises SystemExit, and so says nothing either
    },
  },
  {
    name: "enable_events",
    type: "control",
    run: ({ events }) => ok(events.enable() ? "task events enabled" : "task events already enabled"),
  },
  {
    name: "disable_events",
    type: "control",
    run: ({ events }) => ok(events.disable() ? "task events disabled" : "task events already disabled"),
  },
  { name: "heartbeat", type: "control", run: ({ events }) => void events.heartbeat() },
  { name: "election", type: "control", required: ["id", "topic"], isOpen: true, run: () => null },
];
