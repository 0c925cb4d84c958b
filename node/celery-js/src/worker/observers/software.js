/** The program's name and version in a worker's messages (celery.worker.state.SOFTWARE_INFO). */
import { type } from "node:os";
import { VERSION } from "../../version.js";

export const SOFTWARE = Object.freeze({
  sw_ident: "celery-js",
  sw_ver: VERSION,
  // As Python's platform.system() has it.
  sw_sys: type().replace(/_NT$/, ""),
});
