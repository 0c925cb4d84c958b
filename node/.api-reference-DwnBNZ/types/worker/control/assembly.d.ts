/** Assembles remote control: the commands of a worker, and its exchange with the other workers at the start. */
import { Mingle } from "./mingle.js";
import { ControlNode } from "./node.js";
/**
 * @param {import("../lifecycle/assembly.js").Plan} plan
 * @param {Pick<import("./state.js").ControlState, "transport" | "dispatcher" | "consumer" | "rateLimits" | "revocations" | "pools" | "events">} parts
 * @returns {{ control: ControlNode, mingle: Mingle | null }} `mingle` null if the other workers are not asked
 */
export declare function createControl({ app, hostname, log, options, closed, onShutdown }: import("../lifecycle/assembly.js").Plan, parts: Pick<import("./state.js").ControlState, "transport" | "dispatcher" | "consumer" | "rateLimits" | "revocations" | "pools" | "events">): {
    control: ControlNode;
    mingle: Mingle | null;
};
