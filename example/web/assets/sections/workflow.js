/** One workflow through both languages, step by step. */
import { post } from "../api.js";
import { el } from "../dom.js";
import { allow, onSubmit, sendDataset } from "../form.js";
import { add, isRunning, newest, newestDone } from "../jobs.js";
import { JobPanel } from "../panel.js";
import { LANGUAGES, STATES, STEPS } from "../words.js";
import { MADE_ROWS } from "./predict-file.js";
import { reportLink } from "./report.js";

/** @typedef {import("../api.js").Job} Job */

export function workflowSection() {
  const panel = new JobPanel("all-job", { label: "Steps of the workflow", unit: "Part", bodyKey, body });
  onSubmit("all-form", async (form) => {
    const model = newestDone("training")?.result?.model;
    const dataset = await sendDataset(null, MADE_ROWS);
    add(await post("/api/workflows", { model, dataset, to: new FormData(form).get("to") }));
  });
  return () => {
    const job = newest("workflow");
    panel.update(job);
    allow("all", newestDone("training") !== undefined, isRunning(job));
  };
}

/** @param {Job} job */
const bodyKey = ({ id, state, file, steps }) => JSON.stringify([id, state, file, steps.map((step) => step.state)]);

/** @param {Job} job */
function body(job) {
  const steps = job.steps.map(({ name, language, state }) =>
    el(
      "li",
      { "data-state": state },
      el("span", { class: "mark", "aria-hidden": "true" }),
      el("span", { class: "what" }, STEPS[name] ?? name),
      el("span", { class: `lang ${language}` }, LANGUAGES[language]),
      el("span", { class: "how" }, waitsForOther(job, state) ? "Not started" : STATES[state]),
    ),
  );
  const rail = el("ol", { class: "rail", "aria-label": "Steps" }, ...steps);
  return job.file ? [rail, reportLink(job)] : [rail];
}

/**
 * @param {Job} job
 * @param {import("../api.js").State} state of a step
 */
function waitsForOther(job, state) {
  return (
    state === "waiting" &&
    (!isRunning(job) || job.steps.some((step) => step.state !== "waiting" && step.state !== "done"))
  );
}
