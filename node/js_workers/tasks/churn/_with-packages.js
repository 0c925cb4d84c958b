/** Skips tests if the packages of the reports' tasks are missing: only the example installs them, not `make test`. */
import { existsSync } from "node:fs";

const folder = new URL("./node_modules/", import.meta.url);

export const withPackages = {
  skip: existsSync(folder) ? false : "needs npm ci --prefix node/js_workers/tasks/churn",
};
