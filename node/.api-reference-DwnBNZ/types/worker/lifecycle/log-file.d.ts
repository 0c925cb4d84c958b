import { Writable } from "node:stream";
export declare class LogFile extends Writable {
    #private;
    /**
     * @param {string} path
     * @throws `ImproperlyConfigured` when it cannot be opened
     */
    constructor(path: string);
    /**
     * Writes synchronously, because the last line before a process ends is the one that matters.
     *
     * @override
     * @param {string} text
     */
    _write(text: string, /** @type {BufferEncoding} */ _encoding: BufferEncoding, /** @type {() => void} */ done: () => void): void;
}
