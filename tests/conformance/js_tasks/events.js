/** Tasks with and without events. */
import { task } from "../celery-js.js";

export const quiet = task({ sendEvents: false }, () => "quiet");

export const tell = task({ bind: true }, (self, /** @type {number} */ done) =>
  self.sendEvent("task-progress", { done }),
);
