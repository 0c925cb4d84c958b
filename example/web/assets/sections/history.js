/** All jobs of this session. */
import { byId, el, showEach } from "../dom.js";
import { all } from "../jobs.js";
import { clock, KINDS, STATES } from "../words.js";

export function historySection() {
  const none = el("p", { class: "empty" }, "No jobs yet.");
  const list = el("ol", { class: "history" });
  byId("jobs").append(none, list);
  return () => {
    const jobs = all();
    none.hidden = jobs.length > 0;
    list.hidden = jobs.length === 0;
    showEach(list, jobs, ({ id, state, file, createdAt }) => JSON.stringify([id, state, file, clock(createdAt)]), item);
  };
}

/** @param {import("../api.js").Job} job */
function item({ kind, state, createdAt, file }) {
  return el(
    "li",
    { "data-state": state },
    el("span", { class: "mark", "aria-hidden": "true" }),
    el("span", { class: "what" }, KINDS[kind] ?? kind),
    el("span", { class: "how" }, STATES[state]),
    file && el("a", { href: `/api/files/${encodeURIComponent(file)}`, download: file }, nameOf(file)),
    el("time", { datetime: createdAt }, clock(createdAt)),
  );
}

/** @param {string} file a file's name, whose id does not help readers */
const nameOf = (file) => (file.endsWith(".pdf") ? "Report (PDF)" : "Predictions (CSV)");
