/** Commands that show a worker's own state. */
import { hideBackendPassword } from "../../../backend/backend.js";
import { snakeCase } from "../../../canvas/options.js";
import { SETTINGS } from "../../../settings.js";
import { hidePassword } from "../../../transport/transport.js";
import { NAME, OBJECT } from "../../../validation/kinds.js";
import { VERSION } from "../../../version.js";
import { contractOf } from "../contract.js";
import { ok } from "../state.js";
import { statsOf } from "../stats.js";
import { TASK_IDS } from "../task-ids.js";

/** Settings that are never shown, at any depth (`celery.app.utils.HIDDEN_SETTINGS`). */
const SECRET = /API|TOKEN|KEY|SECRET|PASS|PROFANITIES_LIST|SIGNATURE|DATABASE|CERT|TLS/i;
const SHOWN_ALL_THE_SAME = ["globalKeyprefix"];
const HIDDEN = "********";

/** Ids of revoked tasks: Celery sends a list; older versions sent a mapping of id to time. @type {import("../../../validation/kinds.js").Kind} */
const IDS = [TASK_IDS[0], (value) => TASK_IDS[1](OBJECT[1](value) ? Object.keys(Object(value)) : value)];

/** @type {readonly import("../panel.js").ControlCommand[]} */
export const INSPECT_WORKER = [
  { name: "ping", type: "inspect", isOpen: true, run: () => ok("pong") },
  { name: "stats", type: "inspect", isOpen: true, run: statsOf },
  { name: "contract", type: "inspect", isOpen: true, run: ({ app }) => contractOf(app.settings) },
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
      // Celery logs this at info level: after an outage, that is a line for each of the other workers.
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
      error: `${name} inspects a Python process; for a Node worker, use \`node --inspect\` or \`inspect stats\``,
    }),
  })),
];

/**
 * @param {import("../../model/types.js").WorkerApp} app
 * @returns {string} the first lines of Celery's bug report
 */
function reportOf({ settings, main }) {
  const { node, v8 } = process.versions;
  const { brokerUrl, resultBackend } = settings;
  const results = resultBackend === null ? "disabled" : hideBackendPassword(resultBackend);
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

/**
 * The settings as `inspect conf` shows them: by Celery's names, and without any secret.
 *
 * @param {import("../../../settings.js").Settings} settings
 * @param {boolean} withDefaults also those that were not changed
 * @returns {Record<string, unknown>}
 */
function confOf(settings, withDefaults) {
  const entries = Object.entries(settings).filter(([name, value]) => {
    const { default: standard } = SETTINGS[/** @type {import("../../../settings.js").SettingName} */ (name)];
    return withDefaults || JSON.stringify(value) !== JSON.stringify(standard);
  });
  return Object.fromEntries(entries.map(([name, value]) => [snakeCase(name), shown(name, value)]));
}

/**
 * @param {string} name
 * @param {unknown} value
 * @returns {unknown}
 */
function shown(name, value) {
  if (SECRET.test(name) && !SHOWN_ALL_THE_SAME.includes(name)) return HIDDEN;
  if (typeof value === "string" && !value.includes("://")) return value;
  if (typeof value === "string") return name === "resultBackend" ? hideBackendPassword(value) : hidePassword(value);
  if (typeof value === "function") return `<function ${value.name || "anonymous"}>`;
  if (value instanceof RegExp || value instanceof Map) return String(value);
  if (Array.isArray(value)) return value.map((each) => shown("", each));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shown(key, each)]));
}
