/** A task that is a client too: it may do what a client does. */
import { task } from "../celery-js.js";
import { makeCalls } from "../js_calls.js";

export const make = task({ bind: true }, ({ app }, given) => makeCalls(app, given));
