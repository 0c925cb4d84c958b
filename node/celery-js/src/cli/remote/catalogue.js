/**
 * The commands of remote control that a command line can send, and how it takes their arguments (`Panel.meta` of
 * celery.worker.control). A conformance test compares them with Celery's own list.
 */

/**
 * @typedef {object} RemoteCommand
 * @property {"control" | "inspect"} type an inspection changes nothing
 * @property {string} help one sentence
 * @property {string} [signature] its arguments, as `--list` shows them
 * @property {readonly import("../../app/control-command.js").CommandArgument[]} [args] by position
 * @property {string} [variadic] the argument that takes all further words
 */

/** @param {string} text */
const word = (text) => text;

/** @param {string} text */
function whole(text) {
  if (/^\s*[-+]?\d{1,15}\s*$/.test(text)) return Number(text);
  throw new TypeError("expected a whole number");
}

/** @param {string} text */
function seconds(text) {
  if (text.trim() !== "" && Number.isFinite(Number(text))) return Number(text);
  throw new TypeError("expected a number of seconds");
}

const YES = ["true", "yes", "on", "1"];
const NO = ["false", "no", "off", "0"];

/** @param {string} text */
function yesOrNo(text) {
  const answer = text.toLowerCase();
  if (YES.includes(answer) || NO.includes(answer)) return YES.includes(answer);
  throw new TypeError(`expected one of ${[...YES, ...NO].join(", ")}`);
}

const IDS = "[id1 [id2 [... [idN]]]]";

/** @type {Readonly<Record<string, RemoteCommand>>} */
const INSPECTIONS = {
  active: { type: "inspect", help: "List of tasks currently being executed." },
  active_queues: { type: "inspect", help: "List the task queues a worker is currently consuming from." },
  clock: { type: "inspect", help: "Get current logical clock value." },
  conf: {
    type: "inspect",
    help: "List configuration.",
    signature: "[include_defaults=False]",
    args: [["with_defaults", yesOrNo]],
  },
  contract: { type: "inspect", help: "Hash of the contract, and of each task." },
  memdump: {
    type: "inspect",
    help: "Dump statistics of previous memsample requests.",
    signature: "[n_samples=10]",
    args: [["samples", whole]],
  },
  memsample: { type: "inspect", help: "Sample current RSS memory usage." },
  objgraph: {
    type: "inspect",
    help: "Create graph of uncollected objects (memory-leak debugging).",
    signature: "[object_type=Request] [num=200 [max_depth=10]]",
    args: [
      ["type", word],
      ["num", whole],
      ["max_depth", whole],
    ],
  },
  ping: { type: "inspect", help: "Ping worker(s)." },
  query_task: { type: "inspect", help: "Query for task information by id.", signature: IDS, variadic: "ids" },
  registered: {
    type: "inspect",
    help: "List of registered tasks.",
    signature: "[attr1 [attr2 [... [attrN]]]]",
    variadic: "taskinfoitems",
  },
  report: { type: "inspect", help: "Information about Celery installation for bug reports." },
  reserved: { type: "inspect", help: "List of currently reserved tasks, not including scheduled/active." },
  revoked: { type: "inspect", help: "List of revoked task-ids." },
  scheduled: { type: "inspect", help: "List of currently scheduled ETA/countdown tasks." },
  stats: { type: "inspect", help: "Request worker statistics/information." },
};

/** @type {Readonly<Record<string, RemoteCommand>>} */
const CONTROLS = {
  add_consumer: {
    type: "control",
    help: "Tell worker(s) to consume from task queue by name.",
    signature: "<queue> [exchange [type [routing_key]]]",
    args: [
      ["queue", word],
      ["exchange", word],
      ["exchange_type", word],
      ["routing_key", word],
    ],
  },
  autoscale: {
    type: "control",
    help: "Modify autoscale settings.",
    signature: "[max [min]]",
    args: [
      ["max", whole],
      ["min", whole],
    ],
  },
  cancel_consumer: {
    type: "control",
    help: "Tell worker(s) to stop consuming from task queue by name.",
    signature: "<queue>",
    args: [["queue", word]],
  },
  disable_events: { type: "control", help: "Tell worker(s) to stop sending task-related events." },
  election: { type: "control", help: "Hold election." },
  enable_events: { type: "control", help: "Tell worker(s) to send task-related events." },
  heartbeat: { type: "control", help: "Tell worker(s) to send event heartbeat immediately." },
  pool_grow: {
    type: "control",
    help: "Grow pool by n processes/threads.",
    signature: "[N=1]",
    args: [["n", whole]],
  },
  pool_restart: { type: "control", help: "Restart execution pool." },
  pool_shrink: {
    type: "control",
    help: "Shrink pool by n processes/threads.",
    signature: "[N=1]",
    args: [["n", whole]],
  },
  rate_limit: {
    type: "control",
    help: "Tell worker(s) to modify the rate limit for a task by type.",
    signature: "<task_name> <rate_limit (e.g., 5/s | 5/m | 5/h)>",
    args: [
      ["task_name", word],
      ["rate_limit", word],
    ],
  },
  revoke: {
    type: "control",
    help: "Revoke task by task id (or list of ids).",
    signature: IDS,
    variadic: "task_id",
  },
  revoke_by_stamped_headers: {
    type: "control",
    help: "Revoke task by header (or list of headers).",
    signature: "[key1=value1 [key2=value2 [... [keyN=valueN]]]]",
    variadic: "headers",
  },
  shutdown: { type: "control", help: "Shutdown worker(s)." },
  terminate: {
    type: "control",
    help: "Terminate task by task id (or list of ids).",
    signature: `<signal> ${IDS}`,
    args: [["signal", word]],
    variadic: "task_id",
  },
  time_limit: {
    type: "control",
    help: "Tell worker(s) to modify the time limit for task by type.",
    signature: "<task_name> <soft_secs> [hard_secs]",
    args: [
      ["task_name", word],
      ["soft", seconds],
      ["hard", seconds],
    ],
  },
};

/**
 * @param {readonly import("../../app/control-command.js").OwnCommand[]} custom those of an app, which come before Celery's
 * @returns {Map<string, RemoteCommand>} by name, in the order of the alphabet
 */
export function catalogue(custom) {
  const all = new Map(Object.entries({ ...INSPECTIONS, ...CONTROLS }));
  for (const { name, ...command } of custom) all.set(name, { ...command, help: command.help ?? "" });
  return new Map([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}
