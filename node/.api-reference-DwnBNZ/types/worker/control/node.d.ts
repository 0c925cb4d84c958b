export type Command = import("../../protocol/pidbox.js").Command;
export declare class ControlNode {
    #private;
    /**
     * @param {object} options
     * @param {import("./state.js").ControlState} options.state
     * @param {import("./panel.js").Panel} options.panel
     * @param {boolean} options.isLimited whether only inspections are obeyed
     */
    constructor({ state, panel, isLimited }: {
        state: import("./state.js").ControlState;
        panel: import("./panel.js").Panel;
        isLimited: boolean;
    });
    /** @param {Command} command that is for this worker */
    receive(command: Command): void;
}
