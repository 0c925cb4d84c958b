export type CanvasApp = import("./current-app.js").CanvasApp;
export type Signature = import("./types.js").AnySignature;
export type SignatureData = import("./types.js").SignatureData;
export type Rebuild = (app: CanvasApp | null, data: SignatureData) => Signature;
/**
 * @param {string | null} type as in `subtask_type`
 * @param {Rebuild} rebuild
 */
export declare function register(type: string | null, rebuild: Rebuild): void;
/**
 * Rebuilds a signature, and those within it.
 *
 * @param {CanvasApp | null} app
 * @param {SignatureData} data as `toJSON` or Celery gives it
 * @returns {Signature} of the class for its `subtask_type`
 * @throws {InvalidTaskError} when it exceeds a limit of a message
 * @throws {TypeError} when it is not a signature, of an unknown type, or its task's name is too long for any message
 */
export declare function rebuild(app: CanvasApp | null, data: SignatureData): Signature;
/**
 * @param {unknown} value a signature, or Celery's dict of one
 * @param {CanvasApp | null} app
 * @returns {Signature} the same where it is one
 */
export declare function toSignature(value: unknown, app: CanvasApp | null): Signature;
