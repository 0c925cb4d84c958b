/** Predicts one customer. The task is so short that the web server waits for its result. */
import { post } from "../api.js";
import { effects } from "../charts.js";
import { byId, el } from "../dom.js";
import { allow, onSubmit } from "../form.js";
import { newestDone } from "../jobs.js";
import { percent } from "../words.js";

export function predictOneSection() {
  const answer = byId("one-answer");
  onSubmit("one-form", async (form) => {
    const model = newestDone("training")?.result?.model;
    const begun = performance.now();
    const prediction = await post("/api/predictions", { model, customer: customerIn(form) });
    answer.replaceChildren(...shown(prediction, Math.round(performance.now() - begun)));
  });
  return () => allow("one", newestDone("training") !== undefined);
}

/** @param {HTMLFormElement} form */
function customerIn(form) {
  const data = new FormData(form);
  const number = (/** @type {string} */ name) => Number(data.get(name));
  return {
    customerId: "form",
    tenureMonths: number("tenureMonths"),
    monthlyCharge: number("monthlyCharge"),
    contract: data.get("contract"),
    supportCalls: number("supportCalls"),
    latePayments: number("latePayments"),
    products: number("products"),
  };
}

/**
 * @param {{ churnProbability: number, reasons: { feature: string, effect: number }[] }} prediction
 * @param {number} tookMs
 */
function shown({ churnProbability, reasons }, tookMs) {
  const verdict = churnProbability >= 0.5 ? "likely to leave" : "likely to stay";
  return [
    el(
      "div",
      { class: "panel", "data-state": "done" },
      el(
        "p",
        { class: "big" },
        el("strong", { class: churnProbability >= 0.5 ? "warm" : "calm" }, percent(churnProbability)),
        ` ${verdict}`,
      ),
      el("h3", {}, "Why: compared with an average customer"),
      effects(reasons),
      el("p", { class: "detail" }, `A Python worker answered in ${tookMs} ms.`),
    ),
  ];
}
