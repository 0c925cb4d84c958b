/** Sends the newest report by mail. */
import { post } from "../api.js";
import { el } from "../dom.js";
import { allow, onSubmit } from "../form.js";
import { add, isRunning, newest, newestDone } from "../jobs.js";
import { JobPanel } from "../panel.js";

export function mailSection() {
  const panel = new JobPanel("mail-job", {
    label: "Sending",
    unit: "Mail",
    bodyKey: (job) => `${job.id} ${job.state}`,
    body: (job) =>
      job.state === "done" && job.result
        ? [el("p", {}, `Sent to ${job.result.to}. The mail is in the mailbox below.`)]
        : [],
  });
  onSubmit("mail-form", async (form) => {
    const report = newestDone("report", "workflow")?.id;
    add(await post("/api/mails", { report, to: new FormData(form).get("to") }));
  });
  return () => {
    const job = newest("mail");
    panel.update(job);
    const hasReport = newestDone("report", "workflow") !== undefined;
    allow("mail", hasReport, isRunning(job));
  };
}
