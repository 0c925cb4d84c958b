/** The bars: what this project promises of its speed. */
import { median } from "./lib/median.js";

/** @typedef {import("./contests.js").Round} Round */

/**
 * @typedef {object} Bar
 * @property {string} contest
 * @property {string} ours contender
 * @property {string} [theirs] contender that ours is divided by, round by round; without it the figure itself counts
 * @property {string} figure as in the contest's figures
 * @property {number} [least]
 * @property {number} [most]
 * @property {string} [unit] of a figure without `theirs`
 *
 * @typedef {object} Verdict
 * @property {string} contest
 * @property {string} text what is compared
 * @property {number} value median over the rounds
 * @property {number[]} perRound
 * @property {string} target
 * @property {boolean} met
 * @property {string} unit
 */

/** What a figure is called in a bar. @type {Record<string, string>} */
const NAMES = {
  perSecond: "throughput",
  workerCpuUs: "CPU a task",
  peakRssMb: "peak RSS",
  commands: "commands a task",
  p50Ms: "p50",
  p99Ms: "p99",
  startMs: "start to first task",
  idleCpuPercent: "CPU",
  commandsPerSecond: "commands a second",
  idleRssMb: "RSS",
};

/** @type {(pool: string, least: number) => Bar[]} */
const python = (pool, least) =>
  ["stock, late", "stock"].flatMap((theirs) => [
    { contest: `Python, ${pool}`, ours: "reliable", theirs, figure: "perSecond", least },
    { contest: `Python, ${pool}`, ours: "reliable", theirs, figure: "workerCpuUs", most: 0.5 },
  ]);

/** @type {(concurrency: number) => Bar[]} */
const node = (concurrency) => {
  const contest = `Node, concurrency ${concurrency}`;
  return [
    { contest, ours: "celery-js", theirs: "BullMQ", figure: "perSecond", least: 2.2 },
    { contest, ours: "celery-js", theirs: "celery-node", figure: "perSecond", least: 3.5 },
    { contest, ours: "celery-js", theirs: "BullMQ", figure: "workerCpuUs", most: 0.45 },
    { contest, ours: "celery-js", theirs: "BullMQ", figure: "peakRssMb", most: 1 },
  ];
};

/** @type {(ours: string, theirs: string, least: number) => Bar} */
const client = (ours, theirs, least) => {
  const contest = ours === "sendTask" ? "Clients, single" : "Clients, many";
  return { contest, ours, theirs, figure: "perSecond", least };
};

/** How much "constant" may vary: processes also renew leases, and memory is never exactly the same. */
const CONSTANT = 1.1;

/** @type {readonly Bar[]} */
export const BARS = [
  ...node(50),
  ...node(100),
  { contest: "Node, concurrency 1", ours: "celery-js", theirs: "BullMQ", figure: "perSecond", least: 1.3 },
  ...python("prefork", 2),
  ...python("threads", 2.5),
  ...python("solo", 2.5),
  client("sendTasks", "addBulk", 1),
  client("sendTasks", "celery-node", 1.5),
  client("group", "addBulk", 1),
  client("group", "celery-node", 1.5),
  client("sendTasks", "celery-ts", 1.5),
  client("group", "celery-ts", 1.5),
  client("sendTask", "add", 1),
  { contest: "Clients, Python group", ours: "reliable", theirs: "stock", figure: "perSecond", least: 1.5 },
  { contest: "Reading a group", ours: "celery-js", theirs: "Python", figure: "perSecond", least: 2 },
  { contest: "Large results", ours: "10,000 results", theirs: "1,000 results", figure: "peakRssMb", most: CONSTANT },
  { contest: "Latency", ours: "celery-js", figure: "p50Ms", most: 1, unit: "ms" },
  { contest: "Latency", ours: "celery-js", figure: "p99Ms", most: 6, unit: "ms" },
  { contest: "Latency, chord of 10", ours: "celery-js", theirs: "stock Python", figure: "p50Ms", most: 0.5 },
  { contest: "Latency, chain of 10", ours: "celery-js", theirs: "stock Python", figure: "p50Ms", most: 0.5 },
  { contest: "Commands", ours: "2 processes", theirs: "1 process", figure: "commands", most: CONSTANT },
  { contest: "Commands", ours: "4 processes", theirs: "1 process", figure: "commands", most: CONSTANT },
  { contest: "Commands", ours: "8 processes", theirs: "1 process", figure: "commands", most: CONSTANT },
  { contest: "Payloads of 1 MB", ours: "celery-js", theirs: "bare loop", figure: "perSecond", least: 0.8 },
  { contest: "Events", ours: "celery-js", theirs: "BullMQ", figure: "perSecond", least: 1.7 },
  ...["Node", "Python"].map((language) => ({
    contest: `Metrics, ${language}`,
    ours: "with metrics",
    theirs: "without",
    figure: "workerCpuUs",
    most: 1.02,
  })),
  { contest: "Far server", ours: "celery-js", theirs: "BullMQ", figure: "perSecond", least: 2 },
  { contest: "Queues", ours: "100 queues", theirs: "1 queue", figure: "perSecond", least: 0.75 },
  { contest: "Computing", ours: "2 threads", theirs: "1 thread", figure: "perSecond", least: 1.8 },
  { contest: "Idle", ours: "celery-js", figure: "startMs", most: 500, unit: "ms" },
  { contest: "Idle", ours: "celery-js", figure: "idleCpuPercent", most: 0.5, unit: "%" },
  { contest: "Idle", ours: "celery-js", figure: "commandsPerSecond", most: 5, unit: "/s" },
  { contest: "Idle", ours: "celery-js", figure: "idleRssMb", most: 80, unit: "MB" },
  { contest: "A million", ours: "1,000,000 tasks", theirs: "10,000 tasks", figure: "perSecond", least: 0.8 },
  { contest: "A million", ours: "1,000,000 tasks", theirs: "100,000 tasks", figure: "peakRssMb", most: CONSTANT },
];

/**
 * @param {string} contest
 * @param {Round[]} rounds
 * @returns {Verdict[]} on the bars of this contest
 */
export function verdicts(contest, rounds) {
  return BARS.filter((bar) => bar.contest === contest).map((bar) => {
    const { ours, theirs, figure, least = -Infinity, most = Infinity, unit = "" } = bar;
    const perRound = rounds.map((round) => round[ours][figure] / (theirs ? round[theirs][figure] : 1));
    const value = median(perRound);
    const target = bar.least === undefined ? `<= ${most}` : `>= ${least}`;
    const text = `${NAMES[figure] ?? figure}: ${ours}${theirs ? ` / ${theirs}` : ""}`;
    // A figure that could not be measured (NaN) meets nothing.
    return { contest, text, value, perRound, target, met: value >= least && value <= most, unit: theirs ? "x" : unit };
  });
}
