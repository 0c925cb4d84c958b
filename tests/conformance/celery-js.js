/** The package under test: this folder is not an npm workspace, so the tasks cannot import it by its name. */
export * from "../../node/celery-js/src/index.js";
