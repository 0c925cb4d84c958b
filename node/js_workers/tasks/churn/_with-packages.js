/** Whether the packages of the reports' tasks are here. `make test` does without, as only the example installs them. */
import { existsSync } from "node:fs";

const folder = new URL("./node_modules/", import.meta.url);

export const withPackages = {
  skip: existsSync(folder) ? false : "needs npm ci --prefix node/js_workers/tasks/churn",
};
