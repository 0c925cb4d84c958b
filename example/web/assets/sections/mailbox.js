/** Shows the mails of the example's mail server, and a button for an outage of it. */
import { get, post } from "../api.js";
import { byId, el, say, showEach } from "../dom.js";
import { clock, kilobytes, problem } from "../words.js";

/** @typedef {{ id: string, to: string, subject: string, receivedAt: string, times: number, attachments: { name: string, bytes: number }[] }} Mail */

const OUTAGE_S = 20;
const AGAIN_MS = 3000;
const ADVICE = "Send a report now, and see how it is tried again.";
const MAILED = new Set(["mail", "workflow"]);

/** @type {HTMLButtonElement} */
let button;
let awayUntil = 0;
let refreshes = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let again;
const note = el("p", { class: "empty" });
// It scrolls when it is long, and the keyboard has to reach it for that.
const list = el("ul", { class: "mails", tabindex: 0, "aria-labelledby": "mailbox-title", hidden: true });

export function mailboxSection() {
  button = byId("outage");
  button.disabled = false;
  byId("mailbox").append(note, list);
  button.addEventListener("click", takeAway);
  setInterval(countDown, 500);
  return (/** @type {import("../api.js").Job | null} */ job) => {
    if (job === null || MAILED.has(job.kind)) void refresh();
  };
}

async function takeAway() {
  if (button.ariaDisabled) return;
  // Not `disabled`, which would take the focus away.
  button.ariaDisabled = "true";
  try {
    await post("/api/mailbox/outage", { seconds: OUTAGE_S });
    awayUntil = Date.now() + OUTAGE_S * 1000;
    countDown();
  } catch (error) {
    button.ariaDisabled = null;
    say(byId("outage-state"), problem(error));
  }
}

function countDown() {
  if (awayUntil === 0) return;
  const seconds = Math.ceil((awayUntil - Date.now()) / 1000);
  if (seconds > 0) {
    button.ariaDisabled = "true";
    say(button, `The mail server is away for ${seconds} more ${seconds === 1 ? "second" : "seconds"}`);
    say(byId("outage-state"), ADVICE);
    return;
  }
  awayUntil = 0;
  button.ariaDisabled = null;
  say(button, `Take the mail server away for ${OUTAGE_S} seconds`);
  say(byId("outage-state"), "The mail server is back.");
}

async function refresh() {
  const number = ++refreshes;
  clearTimeout(again);
  const answer = await get("/api/mailbox").catch(() => null);
  // A later refresh may have been answered before.
  if (number !== refreshes) return;
  if (!answer) again = setTimeout(refresh, AGAIN_MS);
  if (answer?.away || (answer && awayUntil > 0)) awayUntil = Date.now() + answer.awayForSeconds * 1000;
  /** @type {Mail[]} */
  const mails = answer?.mails ?? [];
  say(note, answer ? "No mail yet." : "The mailbox cannot be read at the moment.");
  note.hidden = mails.length > 0;
  list.hidden = mails.length === 0;
  showEach(list, mails, (mail) => JSON.stringify(mail), item);
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
