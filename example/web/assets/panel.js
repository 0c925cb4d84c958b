/** Shows one job: its state, progress, error, and the buttons to cancel and resume it. */
import { post } from "./api.js";
import { byId, el, say, show } from "./dom.js";
import { isRunning } from "./jobs.js";
import { problem, reason, STATES, setback, timeLeft } from "./words.js";

/** @typedef {import("./api.js").Job} Job */

/**
 * @typedef {object} Parts
 * @property {string} label what the progress bar measures
 * @property {string} unit what is counted, such as "Round"
 * @property {(job: Job) => (Node | string)[]} body
 * @property {(job: Job) => string} bodyKey changes when the body has to be drawn again
 */

export class JobPanel {
  #state = el("span");
  #line = el(
    "p",
    { class: "state", role: "status", tabindex: -1 },
    el("span", { class: "mark", "aria-hidden": "true" }),
    this.#state,
  );
  #detail = el("p", { class: "detail" });
  #bar;
  #body = el("div", { class: "body" });
  #error = el("div", { class: "error" });
  #cancel = el("button", { type: "button", onclick: () => this.#ask("cancel") }, "Cancel");
  #resume = el("button", { type: "button", onclick: () => this.#ask("resume") }, "Try again");
  #refusal = el("p", { class: "problem", role: "alert" });
  #panel;
  /** @type {Job | undefined} */
  #job;
  /** The job whose earlier steps have expired. */
  #expired = "";

  /**
   * @param {string} id of the element that shows it
   * @param {Parts} parts
   */
  constructor(id, parts) {
    this.parts = parts;
    this.#bar = el("progress", { max: 1, "aria-label": parts.label });
    this.#panel = el(
      "div",
      { class: "panel", hidden: true },
      this.#line,
      this.#bar,
      this.#detail,
      this.#error,
      this.#body,
      el("div", { class: "actions" }, this.#cancel, this.#resume),
      this.#refusal,
    );
    byId(id).append(this.#panel);
  }

  /** @param {Job | undefined} job */
  update(job) {
    // What was refused in another state may be possible now.
    if (this.#job?.id !== job?.id || this.#job?.state !== job?.state) say(this.#refusal, "");
    this.#job = job;
    this.#panel.hidden = job === undefined;
    if (job === undefined) return;
    const running = isRunning(job);
    this.#panel.dataset.state = job.state;
    say(this.#state, stateText(job));
    this.#showProgress(job, running);
    show(this.#error, JSON.stringify(job.error), () => (job.error ? errorLines(job.error, job.steps.length > 1) : []));
    this.#error.hidden = !job.error || running;
    show(this.#body, this.parts.bodyKey(job), () => this.parts.body(job));
    const focused = document.activeElement;
    this.#cancel.hidden = !running;
    // One step that was cancelled starts again by its form.
    const canResume = job.state === "failed" || (job.state === "cancelled" && job.steps.length > 1);
    this.#resume.hidden = !canResume || job.id === this.#expired;
    // The keyboard focus moves here when its button is removed.
    if ([this.#cancel, this.#resume].some((button) => button === focused && button.hidden)) this.#line.focus();
    if (job.steps.length > 1) say(this.#resume, "Try again from this step");
  }

  /**
   * @param {Job} job
   * @param {boolean} running
   */
  #showProgress(job, running) {
    const { done = 0, total = 0, secondsLeft = null } = job.progress ?? {};
    this.#bar.hidden = !running;
    // Without a value, the bar shows indefinite progress.
    if (total > 0) {
      this.#bar.max = total;
      this.#bar.value = done;
    } else this.#bar.removeAttribute("value");
    const error = job.steps.find(({ state }) => state === "retrying")?.error;
    const progress = total > 0 ? [`${this.parts.unit} ${done} of ${total}`, timeLeft(secondsLeft)] : [];
    const parts = error ? [setback(error)] : progress;
    this.#detail.hidden = !running || parts.length === 0;
    say(this.#detail, parts.filter(Boolean).join(" · "));
  }

  /** @param {"cancel" | "resume"} what */
  async #ask(what) {
    const button = what === "cancel" ? this.#cancel : this.#resume;
    if (!this.#job || button.ariaDisabled) return;
    // Not `disabled`, which would take the focus away.
    button.ariaDisabled = "true";
    const { id } = this.#job;
    say(this.#refusal, "");
    try {
      await post(`/api/jobs/${encodeURIComponent(id)}/${what}`);
    } catch (error) {
      say(this.#refusal, problem(error));
      if (/** @type {import("./api.js").ApiError} */ (error).code === "expired") this.#expired = id;
    } finally {
      button.ariaDisabled = null;
      this.update(this.#job);
    }
  }
}

/** @param {Job} job */
function stateText({ state, retries }) {
  return state === "retrying" && retries
    ? `Failed ${retries === 1 ? "once" : `${retries} times`}, trying again soon`
    : STATES[state];
}

/**
 * @param {import("./api.js").Failure} error
 * @param {boolean} isStep
 */
function errorLines(error, isStep) {
  const technical = el("code", {}, `${error.type}: ${error.message}`);
  return [el("p", {}, reason(error, isStep)), el("details", {}, el("summary", {}, "For your developers"), technical)];
}
