/** Forms: one submit at a time, and each problem next to its field. */
import { ApiError, post } from "./api.js";
import { byId, el, say } from "./dom.js";
import { problem } from "./words.js";

const UPLOAD_LIMIT_BYTES = 2 * 1024 * 1024;

/**
 * @param {string} id the form's
 * @param {(form: HTMLFormElement) => Promise<void>} send may throw an ApiError
 */
export function onSubmit(id, send) {
  const form = /** @type {HTMLFormElement} */ (byId(id));
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button[type=submit]"));
  const general = el("p", { class: "problem", role: "alert", "data-general": true });
  form.append(general);
  // From here on, not `disabled`, which would take the focus away.
  button.disabled = false;
  button.ariaDisabled = "true";
  form.addEventListener("input", ({ target }) => complain(/** @type {HTMLInputElement} */ (target), ""));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.ariaDisabled || !isValid(form)) return;
    button.ariaDisabled = "true";
    form.setAttribute("aria-busy", "true");
    say(general, "");
    try {
      await send(form);
    } catch (error) {
      const field = controls(form).find((control) => control.name === fieldOf(error) && isShown(control));
      if (field) complain(field, problem(error), true);
      else say(general, problem(error));
    } finally {
      form.removeAttribute("aria-busy");
      button.ariaDisabled = form.dataset.closed === undefined ? null : "true";
    }
  });
  watchSource(form);
}

/**
 * Enables or disables a form, and shows what it needs.
 *
 * @param {string} name of the section, such as "report"
 * @param {boolean} ready whether what it needs is there
 * @param {boolean} [busy] one job of a kind at a time
 */
export function allow(name, ready, busy = false) {
  const form = byId(`${name}-form`);
  const needs = document.getElementById(`${name}-needs`);
  const open = ready && !busy;
  // What was refused while it was closed may be possible now.
  if (open && form.dataset.closed !== undefined) say(/** @type {Element} */ (form.querySelector("[data-general]")), "");
  if (open) delete form.dataset.closed;
  else form.dataset.closed = "";
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button[type=submit]"));
  button.ariaDisabled = !open || form.getAttribute("aria-busy") === "true" ? "true" : null;
  if (needs) needs.hidden = ready;
}

/**
 * Sends the customers of a form: made up from a seed, or the reader's file.
 *
 * @param {HTMLFormElement | null} form null: made up
 * @param {number} rows how many to make up
 * @returns {Promise<string>} the name of the dataset
 */
export async function sendDataset(form, rows) {
  const data = form && new FormData(form);
  if (data?.get("source") === "own") {
    const file = /** @type {File} */ (data.get("file"));
    // Not sent: a server that refuses a large file may close the connection, and the browser gets no answer.
    if (file.size > UPLOAD_LIMIT_BYTES) throw new ApiError(413, {}, { error: { field: "file" } });
    // Browsers refuse to read a file that has changed since it was chosen. `fetch` would not say so.
    const content = await file.arrayBuffer().catch(() => null);
    if (content === null) throw new ApiError(0, { code: "changed" }, { error: { field: "file" } });
    const upload = new FormData();
    upload.append("file", new File([content], file.name));
    return (await post("/api/datasets", upload)).dataset;
  }
  const seed = crypto.getRandomValues(new Uint16Array(1))[0];
  return (await post("/api/datasets", { seed, rows })).dataset;
}

/** @param {HTMLFormElement} form */
function watchSource(form) {
  const own = /** @type {HTMLElement | null} */ (form.querySelector(".own"));
  if (!own) return;
  const follow = () => {
    own.hidden = new FormData(form).get("source") !== "own";
  };
  form.addEventListener("change", follow);
  // A browser may restore the choice after a reload, or when the reader comes back.
  addEventListener("pageshow", follow);
  follow();
}

/** @param {HTMLFormElement} form */
function isValid(form) {
  const wrong = controls(form).filter((field) => isShown(field) && !field.checkValidity());
  for (const field of wrong) complain(field, field.validationMessage);
  wrong[0]?.focus();
  return wrong.length === 0;
}

/** @param {HTMLInputElement} field whether it is there to be corrected */
const isShown = (field) => field.closest(".field") !== null && field.closest("[hidden]") === null;

/**
 * @param {HTMLFormElement} form
 * @returns {HTMLInputElement[]}
 */
const controls = (form) =>
  /** @type {HTMLInputElement[]} */ ([...form.elements].filter((field) => "name" in field && field.name));

/**
 * @param {unknown} error
 * @returns {string | undefined} "customer.tenureMonths" is about the field tenureMonths
 */
const fieldOf = (error) => /** @type {{ field?: string }} */ (error).field?.split(".").at(-1);

/**
 * @param {HTMLInputElement} field
 * @param {string} text "" removes an earlier problem
 * @param {boolean} [focus]
 */
function complain(field, text, focus = false) {
  const around = field.closest(".field");
  if (!around) return;
  const id = `${field.id}-problem`;
  const shown = document.getElementById(id) ?? el("p", { id, class: "problem" });
  const hint = around.querySelector(".hint")?.id ?? "";
  say(shown, text);
  around.append(shown);
  field.setAttribute("aria-invalid", String(text !== ""));
  field.setAttribute("aria-describedby", `${hint} ${text === "" ? "" : id}`.trim());
  if (text === "") {
    shown.remove();
    field.removeAttribute("aria-invalid");
    if (!hint) field.removeAttribute("aria-describedby");
  }
  if (focus) field.focus();
}
