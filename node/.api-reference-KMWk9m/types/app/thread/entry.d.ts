export type Assignment = import("../../worker/pools/thread.js").Assignment;
export type Done = import("../../worker/pools/thread.js").Done;
export type TaskPlace = {
    name: string;
    file: string;
    exported: string;
};
export type Outcome = Omit<Done, "memoryBytes" | "isBroken">;
