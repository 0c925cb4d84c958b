/** Delays the traffic of a server, as a network does. Runs as a process: `node proxy.js PORT`. */
import net from "node:net";
import { startModule } from "./processes.js";

/** Each way: a round trip takes a millisecond longer. */
const ONE_WAY_MS = 0.5;

/**
 * @param {number} port of the server
 * @returns {Promise<{ port: number, child: import("./processes.js").ChildProcess }>}
 */
export async function startProxy(port) {
  const child = startModule(new URL(import.meta.url), [String(port)]);
  const own = await new Promise((resolve) => child.once("message", resolve));
  return { port: Number(own), child };
}

/**
 * Passes on what one side sends. Timers are too coarse for half a millisecond: what is due is looked for in every turn of the loop.
 *
 * @param {net.Socket} from
 * @param {net.Socket} to
 */
function passOn(from, to) {
  /** @type {{ data: Buffer, dueMs: number }[]} */
  const waiting = [];
  const look = () => {
    const now = performance.now();
    while (waiting.length > 0 && waiting[0].dueMs <= now)
      to.write(/** @type {{ data: Buffer }} */ (waiting.shift()).data);
    if (waiting.length > 0) setImmediate(look);
  };
  from.on("data", (data) => {
    waiting.push({ data, dueMs: performance.now() + ONE_WAY_MS });
    if (waiting.length === 1) setImmediate(look);
  });
  from.on("error", () => to.destroy()).on("close", () => to.destroy());
}

const [, main, target] = process.argv;
if (import.meta.filename === main || new URL(import.meta.url).pathname === main) {
  const proxy = net.createServer((near) => {
    const far = net.connect(Number(target), "127.0.0.1");
    for (const socket of [near, far]) socket.setNoDelay(true);
    passOn(near, far);
    passOn(far, near);
  });
  proxy.listen(0, "127.0.0.1", () => process.send?.(/** @type {net.AddressInfo} */ (proxy.address()).port));
  process.once("disconnect", () => process.exit());
}
