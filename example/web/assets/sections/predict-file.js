/** Predicts many customers in parts. */
import { post } from "../api.js";
import { histogram } from "../charts.js";
import { el } from "../dom.js";
import { allow, onSubmit, sendDataset } from "../form.js";
import { add, isRunning, newest, newestDone } from "../jobs.js";
import { JobPanel } from "../panel.js";
import { grouped, percent } from "../words.js";

/** @typedef {import("../api.js").Job} Job */

export const MADE_ROWS = 10_000;
const SHOWN_CUSTOMERS = 5;

export function predictFileSection() {
  const panel = new JobPanel("file-job", {
    label: "Parts of the file",
    unit: "Part",
    bodyKey: (job) => `${job.id} ${job.state}`,
    body: (job) => (job.state === "done" && job.result ? predictions(job.result, job.file) : []),
  });
  onSubmit("file-form", async (form) => {
    const model = newestDone("training")?.result?.model;
    const dataset = await sendDataset(form, MADE_ROWS);
    add(await post("/api/prediction-files", { model, dataset }));
  });
  return () => {
    const job = newest("predictionFile");
    panel.update(job);
    allow("file", newestDone("training") !== undefined, isRunning(job));
  };
}

/**
 * @param {Record<string, any>} result
 * @param {string | null} file
 */
function predictions(result, file) {
  const rows = result.top
    .slice(0, SHOWN_CUSTOMERS)
    .map((/** @type {any} */ customer) =>
      el(
        "tr",
        {},
        el("th", { scope: "row" }, customer.customerId),
        el("td", {}, percent(customer.churnProbability, 1)),
      ),
    );
  const headings = el("tr", {}, el("th", { scope: "col" }, "Customer"), el("th", { scope: "col" }, "Probability"));
  return [
    el(
      "p",
      { class: "fact" },
      el("strong", {}, grouped(result.atRisk)),
      ` of ${grouped(result.rows)} customers are likely to leave.`,
    ),
    histogram(result.histogram),
    el("table", {}, el("caption", {}, "Most likely to leave"), el("thead", {}, headings), el("tbody", {}, ...rows)),
    file &&
      el(
        "p",
        {},
        el("a", { href: `/api/files/${encodeURIComponent(file)}`, download: file }, "Download all predictions (CSV)"),
      ),
  ].filter((part) => part instanceof Node);
}
