export type Signature = import("./signature.js").Signature<any>;
export type Stamps = Record<string, unknown>;
export type Visit = (signature: any, stamps: Stamps) => Stamps | void;
export type Leave = (signature: any, stamps: Stamps) => void;
export type StampingVisitor = {
    onSignature: Visit;
    onGroupStart?: Visit;
    onGroupEnd?: Leave;
    onChainStart?: Visit;
    onChainEnd?: Leave;
    /**
     * default: `onGroupStart` with the header
     */
    onChordHeaderStart?: Visit;
    /**
     * default: `onGroupEnd` with the header
     */
    onChordHeaderEnd?: Leave;
    onChordBody?: Visit;
    onCallback?: Visit;
    onErrback?: Visit;
};
export type StampOptions = {
    visitor?: StampingVisitor | null;
    /**
     * true keeps both of two values for one name, as a list
     */
    appendStamps?: boolean;
};
/**
 * @param {string} task that messages name
 * @param {unknown} stamps
 * @param {unknown} options
 * @returns {StampOptions}
 * @throws {TypeError} when the stamps are no object, or an option is unknown or of the wrong kind
 */
export declare function checkStamping(task: string, stamps: unknown, options: unknown): StampOptions;
/**
 * @param {Signature} signature stamped with all that it holds
 * @param {Stamps} stamps
 * @param {StampOptions} options
 */
export declare function stampSignature(signature: Signature, stamps: Stamps, options: StampOptions): void;
