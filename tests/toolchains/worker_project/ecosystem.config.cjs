// One worker is one process: pm2's cluster mode is for servers that share a port.
module.exports = {
  apps: [
    {
      name: "js-worker",
      script: "worker.js",
      exec_mode: "fork",
      kill_timeout: 30_000, // more than JOBS_SOFT_SHUTDOWN_TIMEOUT_S
    },
  ],
};
