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
  const general = el("p", { class: "problem", role: "alert" });
  form.append(general);
  form.addEventListener("input", ({ target }) => complain(/** @type {HTMLInputElement} */ (target), ""));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled || !isValid(form)) return;
    button.disabled = true;
    form.setAttribute("aria-busy", "true");
    say(general, "");
    try {
      await send(form);
    } catch (error) {
      const field = controls(form).find(({ name }) => name === fieldOf(error));
      if (field) complain(field, problem(error), true);
      else say(general, problem(error));
    } finally {
      form.removeAttribute("aria-busy");
      button.disabled = form.dataset.closed !== undefined;
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
  if (open) delete form.dataset.closed;
  else form.dataset.closed = "";
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button[type=submit]"));
  button.disabled = !open || form.getAttribute("aria-busy") === "true";
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
    const upload = new FormData();
    upload.append("file", file);
    return (await post("/api/datasets", upload)).dataset;
  }
  const seed = crypto.getRandomValues(new Uint16Array(1))[0];
  return (await post("/api/datasets", { seed, rows })).dataset;
}

/** @param {HTMLFormElement} form */
function watchSource(form) {
  const own = /** @type {HTMLElement | null} */ (form.querySelector(".own"));
  if (!own) return;
  form.addEventListener("change", () => {
    own.hidden = new FormData(form).get("source") !== "own";
  });
}

/** @param {HTMLFormElement} form */
function isValid(form) {
  const wrong = controls(form).filter((field) => field.closest("[hidden]") === null && !field.checkValidity());
  for (const field of wrong) complain(field, field.validationMessage);
  wrong[0]?.focus();
  return wrong.length === 0;
}

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
