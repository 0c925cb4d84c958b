/** Renders the report about the newest predictions. */
import { post } from "../api.js";
import { el } from "../dom.js";
import { allow, onSubmit } from "../form.js";
import { add, isRunning, newest, newestDone } from "../jobs.js";
import { JobPanel } from "../panel.js";
import { kilobytes } from "../words.js";

export function reportSection() {
  const panel = new JobPanel("report-job", {
    label: "Rendering",
    unit: "Page",
    bodyKey: (job) => `${job.id} ${job.state}`,
    body: (job) => (job.state === "done" && job.file ? [reportLink(job)] : []),
  });
  onSubmit("report-form", async () => {
    add(await post("/api/reports", { predictions: newestDone("predictionFile", "workflow")?.id }));
  });
  return () => {
    const job = newest("report");
    panel.update(job);
    allow("report", newestDone("predictionFile", "workflow") !== undefined, isRunning(job));
  };
}

/** @param {import("../api.js").Job} job whose file is a PDF */
export function reportLink({ file, result }) {
  const size = result?.pages
    ? `, ${result.pages} ${result.pages === 1 ? "page" : "pages"}, ${kilobytes(result.bytes)}`
    : "";
  const link = { href: `/api/files/${encodeURIComponent(file ?? "")}`, download: file };
  return el("p", {}, el("a", link, `Download the report (PDF${size})`));
}
