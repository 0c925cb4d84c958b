/** Assembles remote control: the commands of a worker, and its exchange with the other workers at the start. */
import { Mingle } from "./mingle.js";
import { ControlNode } from "./node.js";
import { Panel } from "./panel.js";
import { RevokedStates } from "./revoked-states.js";

/**
 * @param {import("../lifecycle/assembly.js").Plan} plan
 * @param {Pick<import("./state.js").ControlState, "transport" | "dispatcher" | "consumer" | "rateLimits" | "revocations" | "pools" | "events">} parts
 * @returns {{ control: ControlNode, mingle: Mingle | null }} `mingle` null if the other workers are not asked
 */
export function createControl({ app, hostname, log, options, closed, onShutdown }, parts) {
  const { settings, clock } = app;
  const ofWorker = { app, hostname, log, options, clock, startedAtMs: Date.now(), stop: onShutdown };
  const control = new ControlNode({
    state: { ...parts, ...ofWorker, revokedStates: new RevokedStates(app, log, closed) },
    panel: new Panel(app.controlCommands),
    isLimited: settings.workerEnableRemoteControl === "inspect",
  });
  const mingleOptions = { settings, hostname, revocations: parts.revocations, clock, log, closed };
  return { control, mingle: options.withoutMingle ? null : new Mingle(mingleOptions) };
}
