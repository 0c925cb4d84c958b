/** The client's half of the conversation with lib/client-round.js. */

/** @typedef {{ perSecond: number, clientCpuUs: number } | Record<string, number>} Figures */

/** @returns {{ port: number, url: string, mode: string, count: number }} from the command line */
export function orders() {
  const [port, mode, count] = process.argv.slice(2);
  return { port: Number(port), url: `redis://127.0.0.1:${port}/0`, mode, count: Number(count) };
}

/**
 * Tells the measuring process that this one is ready, works when told to, and reports what it found.
 *
 * @param {() => Promise<Figures>} work
 */
export function serve(work) {
  process.on("message", () => {
    work().then(
      (figures) => process.send?.(figures),
      (error) => {
        process.stderr.write(`${error.stack}\n`);
        process.exit(1);
      },
    );
  });
  process.once("disconnect", () => process.exit());
  process.send?.("ready");
}

/**
 * @param {number} count tasks
 * @param {(count: number) => Promise<unknown>} send resolves when the server has them
 * @returns {() => Promise<Figures>}
 */
export const timed = (count, send) => async () => {
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await send(count);
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(before);
  return { perSecond: count / seconds, clientCpuUs: (user + system) / count };
};
