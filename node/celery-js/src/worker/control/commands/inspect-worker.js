/** What a worker says of itself. */

import { hidePassword } from "../../../transport/redis/url.js";
import { NAME, OBJECT, TEXT_OR_TEXTS } from "../../../validation/kinds.js";
import { VERSION } from "../../../version.js";
import { confOf } from "../conf.js";
import { ok } from "../state.js";
import { statsOf } from "../stats.js";

/** Ids of revoked tasks: Celery sends a list; older versions sent a mapping of id to time. @type {import("../../../validation/kinds.js").Kind} */
const IDS = [TEXT_OR_TEXTS[0], (value) => OBJECT[1](value) || TEXT_OR_TEXTS[1](value)];

/** @type {readonly import("../panel.js").ControlCommand[]} */
export const INSPECT_WORKER = [
  { name: "ping", type: "inspect", isOpen: true, run: () => ok("pong") },
  { name: "stats", type: "inspect", isOpen: true, run: statsOf },
  { name: "clock", type: "inspect", isOpen: true, run: ({ clock }) => ({ clock: clock.value }) },
  {
    name: "conf",
    alias: "dump_conf",
    type: "inspect",
    optional: ["with_defaults"],
    isOpen: true,
    run: ({ app }, { with_defaults: withDefaults = false }) => confOf(app.settings, withDefaults),
  },
  { name: "report", type: "inspect", run: ({ app }) => ok(reportOf(app)) },
  {
    name: "hello",
    type: "inspect",
    required: ["from_node"],
    optional: ["revoked"],
    kinds: { from_node: NAME, revoked: IDS },
    isOpen: true,
    run: ({ hostname, log, revocations, clock }, { from_node: fromNode, revoked }) => {
      if (fromNode === hostname) return null;
      // Celery says it aloud: after an outage that is a line for each of the other workers.
      log.debug(`sync with ${fromNode}`);
      revocations.merge(revoked);
      revocations.purge();
      return { revoked: revocations.ids, clock: clock.forward() };
    },
  },
  ...["objgraph", "memsample", "memdump"].map((name) => ({
    name,
    type: /** @type {const} */ ("inspect"),
    isOpen: true,
    run: () => ({
      error: `${name} looks into a Python process; of this one, \`node --inspect\` and the rusage of stats tell more`,
    }),
  })),
];

/** @param {import("../../model/types.js").WorkerApp} app @returns {string} as the head of Celery's bug report */
function reportOf({ settings, main }) {
  const { node, v8 } = process.versions;
  const { brokerUrl, resultBackend } = settings;
  const results = resultBackend === null ? "disabled" : hidePassword(resultBackend);
  const lines = [
    "",
    `software -> celery-js:${VERSION} node:${node} v8:${v8}`,
    `platform -> system:${process.platform} arch:${process.arch}`,
    `app      -> ${main}`,
    `settings -> transport:${hidePassword(brokerUrl)} results:${results}`,
    "",
    ...Object.entries(confOf(settings, false)).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
    "",
  ];
  return lines.join("\n");
}
