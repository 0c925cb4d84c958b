/** Tasks with and without events. */
import { task } from "../celery-js.js";

export const quiet = task({ sendEvents: false }, () => "quiet");
