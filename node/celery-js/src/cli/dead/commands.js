/** `celery-js dead`: the commands for dead letters. celery-reliable has the same as `celery dead`, word for word. */
import { list } from "./list.js";
import { purge } from "./purge.js";
import { retry } from "./retry.js";
import { show } from "./show.js";

/** @type {import("../command.js").Command} */
export const DEAD = {
  summary: "Look at dead letters, run them again, or delete them.",
  commands: { list, purge, retry, show },
};
