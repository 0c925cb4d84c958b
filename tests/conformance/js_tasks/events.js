/** Tasks that monitors are told of, or not. */
import { task } from "../celery-js.js";

export const quiet = task({ sendEvents: false }, () => "quiet");
