import { Writable } from "node:stream";
export declare class LogFile extends Writable {
    #private;
    /** @param {string} path @throws {ImproperlyConfigured} when it cannot be opened */
    constructor(path: string);
    /** At once, as the last line before a process ends is the one that is looked for. @override @param {string} text */
    _write(text: string, /** @type {BufferEncoding} */ _encoding: BufferEncoding, /** @type {() => void} */ done: () => void): void;
}
