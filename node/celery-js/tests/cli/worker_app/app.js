/** The app of the tests of `celery-js worker`. */
import { Celery } from "../../../src/index.js";

const url = process.env.TEST_URL;
export const app = new Celery("shop", { brokerUrl: process.env.TEST_BROKER_URL ?? url, resultBackend: url });
await app.autodiscoverTasks(new URL("./tasks/", import.meta.url), { prefix: "shop" });
