/** Starts the page: opens a session, then shows each job wherever it belongs. */
import { openSession } from "./api.js";
import { byId, say } from "./dom.js";
import { listen, onChange } from "./jobs.js";
import { historySection } from "./sections/history.js";
import { mailSection } from "./sections/mail.js";
import { mailboxSection } from "./sections/mailbox.js";
import { predictFileSection } from "./sections/predict-file.js";
import { predictOneSection } from "./sections/predict-one.js";
import { reportSection } from "./sections/report.js";
import { trainSection } from "./sections/train.js";
import { workflowSection } from "./sections/workflow.js";

const RETRY_AFTER_MS = 2000;
const CONNECTION = {
  connected: "Connected",
  reconnecting: "Reconnecting",
  offline: "Reconnecting",
  "no-cookies": "Not connected",
  "too-many-tabs": "Not connected",
};
const BANNERS = {
  connected: "",
  reconnecting: "The job server does not answer. Reconnecting; no job is lost.",
  offline: "The web server does not answer. Reconnecting; your jobs go on.",
  "no-cookies": "This page needs a cookie for its session. Allow cookies for this address.",
  "too-many-tabs": "This page is open in too many tabs. Close some; this one connects within half a minute.",
};

const sections = [
  trainSection,
  predictOneSection,
  predictFileSection,
  reportSection,
  mailSection,
  mailboxSection,
  workflowSection,
  historySection,
];

await session();
const updates = sections.map((section) => section());
const update = (/** @type {import("./api.js").Job | null} */ job) => {
  for (const each of updates) each(job);
};
update(null);
onChange(update);
listen(showConnection);

async function session() {
  for (;;) {
    try {
      await openSession();
      return;
    } catch {
      showConnection("offline");
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
    }
  }
}

/** @param {keyof typeof BANNERS} state */
function showConnection(state) {
  const place = byId("connection");
  place.dataset.state = state;
  say(place, CONNECTION[state]);
  const banner = byId("reconnecting");
  say(banner, BANNERS[state]);
  banner.classList.toggle("on", state !== "connected");
}
