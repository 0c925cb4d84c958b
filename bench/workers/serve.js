/** The worker's half of the conversation with measure.js. */

/**
 * Tells the measuring process that this one is ready, starts when told to, and says what it has used so far when asked.
 *
 * @param {() => unknown} start begins to consume
 */
export function serve(start) {
  process.on("message", (order) => {
    if (order === "start") void start();
    if (order === "usage") process.send?.(process.resourceUsage());
  });
  process.once("disconnect", () => process.exit());
  process.send?.("ready");
}

/** @returns {{ port: number, url: string, concurrency: number, mode: string }} what the measuring process gave on the command line */
export function orders() {
  const [port, concurrency] = process.argv.slice(2, 4).map(Number);
  return { port, url: `redis://127.0.0.1:${port}/0`, concurrency, mode: process.argv[4] ?? "" };
}
