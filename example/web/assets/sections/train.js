/** Trains a model, and shows how it gets better. */
import { post } from "../api.js";
import { lossCurve } from "../charts.js";
import { el } from "../dom.js";
import { allow, onSubmit, sendDataset } from "../form.js";
import { add, isRunning, newest, newestDone } from "../jobs.js";
import { JobPanel } from "../panel.js";
import { clock, percent } from "../words.js";

/** @typedef {import("../api.js").Job} Job */

const MADE_ROWS = 12_000;

export function trainSection() {
  const panel = new JobPanel("train-job", {
    label: "Rounds of training",
    unit: "Round",
    bodyKey: (job) => `${job.id} ${job.state} ${lossOf(job).length}`,
    body,
  });
  onSubmit("train-form", async (form) => {
    const rounds = Number(new FormData(form).get("rounds"));
    const dataset = await sendDataset(form, MADE_ROWS);
    add(await post("/api/trainings", { dataset, rounds }));
  });
  return () => {
    const job = newest("training");
    panel.update(job);
    allow("train", true, isRunning(job));
  };
}

/** @param {Job} job @returns {number[]} */
const lossOf = (job) => job.result?.loss ?? job.progress?.loss ?? [];

/** @param {Job} job */
function body(job) {
  const loss = lossOf(job);
  const rounds = job.result?.rounds ?? job.progress?.total ?? loss.length;
  const curve = loss.length > 0 ? [lossCurve(loss, rounds)] : [];
  if (isRunning(job)) return curve;
  if (job.state !== "done" || !job.result) return [...curve, ...earlierModel()];
  const accuracy = el(
    "p",
    { class: "fact" },
    el("strong", {}, percent(job.result.accuracy)),
    " right about customers that it had not seen.",
  );
  return [accuracy, ...curve];
}

/** A training that was stopped leaves the model before it in use. */
function earlierModel() {
  const training = newestDone("training");
  return training ? [el("p", { class: "hint" }, `Predictions use the model of ${clock(training.createdAt)}.`)] : [];
}
