/**
 * @param {string} [format] `%h` is this host's name, `%n` its first part, `%d` the rest; without an `@` it is a host's name
 * @returns {string} such as `celery@web1.example.com`
 */
export declare function nodename(format?: string): string;
/**
 * @param {string} format of a file that belongs to one worker: `%h` is its host, `%d` the host's domain, `%n` its own
 *   name without the host, `%p` the whole; `%i` and `%I` number Celery's processes, of which this is the first: "0" and
 *   ""
 * @param {string} nodename of the worker
 * @returns {string}
 */
export declare function nodeFormat(format: string, nodename: string): string;
