/** Reads the events of all workers, as Flower does. Runs as a process: `node listener.js PORT`. */
import { Redis } from "ioredis";

const client = new Redis(Number(process.argv[2]));
await client.psubscribe("/0.celeryev/*");
let count = 0;
client.on("pmessage", (_pattern, _channel, text) => {
  const { body } = JSON.parse(text);
  const events = JSON.parse(Buffer.from(body, "base64").toString());
  count += Array.isArray(events) ? events.length : 1;
});
process.on("message", () => process.send?.(count));
process.once("disconnect", () => process.exit());
process.send?.(0);
