/** The task that the recorded messages of other Node clients call. */
import { task } from "../celery-js.js";

export const add = task({ name: "example.add" }, (x, z = null, { y = null } = {}) => [x, z, y]);
