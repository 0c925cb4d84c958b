/**
 * The one place that changes ioredis. ioredis 6.0 reads some replies that answer nothing (a null or an empty list that nobody asked
 * for, a number for a subscription) as if they were right, and its TypeError is thrown where nothing can catch it: it would end
 * the process. Here such a reply ends its connection, as any other reply that is out of step does. `reply-check.test.js` fails
 * when a newer version needs this no more, or needs it elsewhere.
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
      // What a listener throws, and what another program's own connection does, is none of ours.
      if (this.redis.onOutOfStep === undefined || !isFromReading(error)) throw error;
      this.redis.onOutOfStep(new Error("the replies are out of step with the commands", { cause: error }));
    }
  });
};

/** @param {unknown} error @returns {boolean} whether ioredis has thrown it itself */
function isFromReading(error) {
  const [first = ""] = /^\s+at .*$/m.exec((error instanceof TypeError && error.stack) || "") ?? [];
  return /[\\/]ioredis[\\/]built[\\/]DataHandler\.js:/.test(first);
}
