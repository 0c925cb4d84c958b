/**
 * The one place that changes ioredis. ioredis 6.0 accepts some replies that answer nothing (an unrequested null or empty
 * list, a number for a subscription), and its TypeError is thrown where nothing can catch it: it would end the process.
 * Here such a reply ends its connection, as any other reply that is out of step does. `reply-check.test.js` fails when a
 * newer version no longer needs this, or needs it elsewhere.
 */
import { createRequire } from "node:module";

/** @typedef {{ redis: { onOutOfStep?: (reason: Error) => void } }} Handler */

const require = createRequire(import.meta.url);
/** @type {{ default: { prototype: { dispatch: (this: Handler, read: () => void) => void } } }} */
const { default: DataHandler } = require("ioredis/built/DataHandler.js");
const { dispatch } = DataHandler.prototype;

DataHandler.prototype.dispatch = function dispatchChecked(read) {
  dispatch.call(this, () => {
    try {
      read();
    } catch (error) {
      // Errors of listeners, and of connections that are not ours, are not handled here.
      if (this.redis.onOutOfStep === undefined || !isFromReading(error)) throw error;
      this.redis.onOutOfStep(new Error("the replies are out of step with the commands", { cause: error }));
    }
  });
};

/**
 * @param {unknown} error
 * @returns {boolean} whether ioredis has thrown it itself
 */
function isFromReading(error) {
  const [first = ""] = /^\s+at .*$/m.exec((error instanceof TypeError && error.stack) || "") ?? [];
  return /[\\/]ioredis[\\/]built[\\/]DataHandler\.js:/.test(first);
}
