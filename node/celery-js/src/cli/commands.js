/**
 * The table of commands: one entry, and one file or folder, for each. Each is imported when it is called, as a health check runs
 * one every few seconds.
 */

/** Celery's commands that there are not here, and what to use. docs/command-line.md lists them (a test compares it). */
export const ELSEWHERE = Object.freeze({
  amqp: "use the broker's own tools, such as `rabbitmqadmin` or `redis-cli`",
  beat: "`celery beat` sends JavaScript tasks by name",
  flower: "`celery flower` also shows Node workers",
  graph: "`celery-js inspect stats` lists a worker's pools",
  list: "`rabbitmqctl list_bindings` lists bindings",
  logtool: 'with `workerLogFormat: "json"`, `jq` reads a worker\'s log',
  migrate: "`celery migrate` moves messages of any language",
  multi: "start each worker by systemd, a container or a process manager",
  report: "`celery-js inspect report` asks the workers",
  upgrade: "a setting with an old name is refused with the new one",
});

/** @type {import("./command.js").Command} */
export const COMMANDS = {
  summary: "The command line of celery-js.",
  options: {
    app: {
      type: "string",
      short: "A",
      metavar: "FILE[:NAME]",
      help: "Module that exports the app, or its settings, and the name of the export.",
    },
    broker: { type: "string", short: "b", metavar: "URL", help: "The broker, instead of the app's." },
    "result-backend": { type: "string", metavar: "URL", help: "The result backend, instead of the app's." },
    workdir: { type: "string", metavar: "FOLDER", help: "Change to this folder first." },
    "no-color": { type: "boolean", short: "C", help: "Print without colours." },
    quiet: { type: "boolean", short: "q", help: "Print answers of workers without arrows and sums." },
    help: { type: "boolean", help: "Show this message and exit." },
    version: { type: "boolean", help: "Show the version and exit." },
  },
  refused: {
    config: { type: "string", why: "call `app.configFromObject()` in the module of the app" },
    loader: { type: "string", why: "Node loads the module of the app" },
    "skip-checks": { type: "boolean", why: "there is no Django to check" },
  },
  missing: ELSEWHERE,
  commands: {
    call: { summary: "Call a task by name.", load: async () => (await import("./call.js")).CALL },
    control: {
      summary: "Send a control command to the workers.",
      load: async () => (await import("./remote/commands.js")).CONTROL,
    },
    dead: {
      summary: "Look at dead letters, run them again, or delete them.",
      load: async () => (await import("./dead/commands.js")).DEAD,
    },
    events: {
      summary: "Print the events of workers, clients and tasks.",
      load: async () => (await import("./events/command.js")).EVENTS,
    },
    health: {
      summary: "Ask the worker of this machine whether it consumes its queues.",
      load: async () => (await import("./health.js")).HEALTH,
    },
    inspect: {
      summary: "Ask the workers what they do.",
      load: async () => (await import("./remote/commands.js")).INSPECT,
    },
    purge: {
      summary: "Erase all messages from all known task queues.",
      load: async () => (await import("./purge.js")).PURGE,
    },
    result: {
      summary: "Print the return value for a given task id.",
      load: async () => (await import("./result.js")).RESULT,
    },
    shell: {
      summary: "Start a shell with the app and all its tasks.",
      load: async () => (await import("./shell.js")).SHELL,
    },
    status: {
      summary: "Show list of workers that are online.",
      load: async () => (await import("./remote/commands.js")).STATUS,
    },
    worker: { summary: "Start a worker.", load: async () => (await import("./worker/command.js")).WORKER },
  },
};
