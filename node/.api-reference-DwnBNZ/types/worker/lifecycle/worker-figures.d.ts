export type FamilyName = import("../../transport/figures.js").FamilyName;
/** @typedef {import("../../transport/figures.js").FamilyName} FamilyName */
export declare class WorkerFigures {
    #private;
    /**
     * @param {import("../../transport/figures.js").Figures} figures
     * @param {object} parts
     * @param {import("./assembly.js").Plan} parts.plan
     * @param {import("../intake/dispatcher.js").Dispatcher} parts.dispatcher
     * @param {import("../pools/slots.js").Slots} parts.slots
     * @param {import("../../transport/transport.js").Consumer} parts.taskConsumer
     */
    constructor(figures: import("../../transport/figures.js").Figures, parts: {
        plan: import("./assembly.js").Plan;
        dispatcher: import("../intake/dispatcher.js").Dispatcher;
        slots: import("../pools/slots.js").Slots;
        taskConsumer: import("../../transport/transport.js").Consumer;
    });
    /** To be called twice a second. */
    update(): void;
}
