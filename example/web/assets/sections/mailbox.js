/** Shows the mails of the example's mail server, and a button for an outage of it. */
import { get, post } from "../api.js";
import { byId, el, say, show } from "../dom.js";
import { clock, kilobytes, problem } from "../words.js";

/** @typedef {{ id: string, to: string, subject: string, receivedAt: string, times: number, attachments: { name: string, bytes: number }[] }} Mail */

const OUTAGE_S = 20;
const ADVICE = "Send a report now, and see how it is tried again.";
const MAILED = new Set(["mail", "workflow"]);

/** @type {HTMLButtonElement} */
let button;
let awayUntil = 0;

export function mailboxSection() {
  button = byId("outage");
  button.addEventListener("click", takeAway);
  setInterval(countDown, 500);
  return (/** @type {import("../api.js").Job | null} */ job) => {
    if (job === null || MAILED.has(job.kind)) void refresh();
  };
}

async function takeAway() {
  button.disabled = true;
  try {
    await post("/api/mailbox/outage", { seconds: OUTAGE_S });
    awayUntil = Date.now() + OUTAGE_S * 1000;
    countDown();
  } catch (error) {
    button.disabled = false;
    say(byId("outage-state"), problem(error));
  }
}

function countDown() {
  if (awayUntil === 0) return;
  const seconds = Math.ceil((awayUntil - Date.now()) / 1000);
  if (seconds > 0) {
    button.disabled = true;
    say(button, `The mail server is away for ${seconds} more ${seconds === 1 ? "second" : "seconds"}`);
    say(byId("outage-state"), ADVICE);
    return;
  }
  awayUntil = 0;
  button.disabled = false;
  say(button, `Take the mail server away for ${OUTAGE_S} seconds`);
  say(byId("outage-state"), "The mail server is back.");
}

async function refresh() {
  try {
    const { mails, away, awayForSeconds } = await get("/api/mailbox");
    if (away || awayUntil > 0) awayUntil = Date.now() + awayForSeconds * 1000;
    show(byId("mailbox"), JSON.stringify(mails), () => [
      mails.length === 0 ? el("p", { class: "empty" }, "No mail yet.") : list(mails),
    ]);
  } catch (error) {
    show(byId("mailbox"), String(error), () => [
      el("p", { class: "empty" }, "The mailbox cannot be read at the moment."),
    ]);
  }
}

/** @param {Mail[]} mails */
function list(mails) {
  // It scrolls when it is long, and the keyboard has to reach it for that.
  return el("ul", { class: "mails", tabindex: 0, "aria-labelledby": "mailbox-title" }, ...mails.map(item));
}

/** @param {Mail} mail */
function item({ to, subject, receivedAt, times, attachments }) {
  const files = attachments.map(({ name, bytes }) => `${name}, ${kilobytes(bytes)}`).join("; ");
  return el(
    "li",
    {},
    el("span", { class: "subject" }, subject),
    el("time", { datetime: receivedAt }, clock(receivedAt)),
    el("span", { class: "to" }, times > 1 ? `to ${to}, came ${times} times and is kept once` : `to ${to}`),
    files && el("span", { class: "attachment" }, files),
  );
}
