export type Signature = import("./types.js").AnySignature;
export type Stamps = Record<string, unknown>;
export type Headers = {
    values: Stamps;
    names: ReadonlySet<string>;
};
export type Visit = (signature: import("./types.js").UntypedSignature, stamps: Stamps) => Stamps | void;
export type Leave = (signature: import("./types.js").UntypedSignature, stamps: Stamps) => void;
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
    appendStamps?: boolean | null;
};
/**
 * @param {string} task that messages name
 * @param {unknown} stamps
 * @param {unknown} options
 * @returns {StampOptions}
 * @throws {TypeError} when the stamps are not an object, or an option is unknown or of the wrong kind
 */
export declare function checkStamping(task: string, stamps: unknown, options: unknown): StampOptions;
/**
 * @param {Signature} signature stamped with all its parts
 * @param {Stamps} stamps
 * @param {StampOptions} options
 */
export declare function stampSignature(signature: Signature, stamps: Stamps, options: StampOptions): void;
