/** What a worker is told about its events. */
import { ok } from "../state.js";

/** @type {readonly import("../panel.js").ControlCommand[]} */
export const EVENTS = [
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
  {
    name: "heartbeat",
    type: "control",
    run: ({ events }) => {
      events.heartbeat();
      return null;
    },
  },
];
