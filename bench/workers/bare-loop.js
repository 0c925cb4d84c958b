/**
 * The limit: the commands that a message costs under the protocol of docs/delivery.md, and the task, in a loop without a
 * worker around it. It takes a batch, runs it, settles it, and has no keeper, limits, retries, checks, log or events.
 */
import { Redis } from "ioredis";
import { QUEUE, SIZE, TASK } from "../queues/names.js";
import { orders, serve } from "./serve.js";

const KEYS = ["unacked", "unacked_index", "celery.leases"];
const TAKE = `
local texts = redis.call('RPOP', KEYS[4], ARGV[1]) or {}
local now = tonumber(redis.call('TIME')[1])
local records, index, leases = {}, {}, {}
for i, text in ipairs(texts) do
  local tag = ARGV[2] .. string.format('%d', ARGV[3] + i)
  records[2 * i - 1], records[2 * i] = tag, '[' .. text .. ', "", "' .. KEYS[4] .. '"]'
  index[2 * i - 1], index[2 * i] = now, tag
  leases[2 * i - 1], leases[2 * i] = now * 1000 + 60000, tag
end
if #texts > 0 then
  redis.call('HSET', KEYS[1], unpack(records))
  redis.call('ZADD', KEYS[2], unpack(index))
  redis.call('ZADD', KEYS[3], unpack(leases))
end
return texts`;
const SETTLE = `
local tags = {}
for i = 1, #ARGV / 2 - 1 do
  local key, tag = 'celery-task-meta-' .. ARGV[2 * i + 1], ARGV[1] .. string.format('%d', ARGV[2] + i)
  redis.call('SET', key, ARGV[2 * i + 2], 'EX', 86400)
  redis.call('PUBLISH', key, ARGV[2 * i + 2])
  tags[i] = tag
end
redis.call('ZREM', KEYS[2], unpack(tags))
redis.call('ZREM', KEYS[3], unpack(tags))
redis.call('HDEL', KEYS[1], unpack(tags))`;
/** A batch: more than run at a time, as a worker prefetches. */
const BATCHES = 4;
const PREFIX = "bare/0123456789ab:";

const { port, concurrency } = orders();
const client = new Redis(port, {
  scripts: { take: { lua: TAKE, numberOfKeys: 4 }, settle: { lua: SETTLE, numberOfKeys: 4 } },
});
const commands = /** @type {Redis & Record<"take" | "settle", (...values: unknown[]) => Promise<string[]>>} */ (client);

/** @type {Record<string, (...args: any[]) => Promise<unknown>>} */
const TASKS = { [TASK]: async (x, y) => x + y, [SIZE]: async (text) => text.length };

/** @param {string} text of a message @returns {Promise<[id: string, result: string]>} */
async function run(text) {
  const { headers, body } = JSON.parse(text);
  const [args] = JSON.parse(Buffer.from(body, "base64").toString());
  const result = await TASKS[headers.task](...args);
  const meta = { status: "SUCCESS", result, traceback: null, children: [], date_done: new Date().toISOString() };
  return [headers.id, JSON.stringify({ ...meta, parent_id: null, task_id: headers.id })];
}

/** The next batch is taken while one runs, and results are on their way meanwhile: no waiting for round trips. */
async function loop() {
  const size = concurrency * BATCHES;
  const take = (/** @type {number} */ first) => commands.take(...KEYS, QUEUE, size, PREFIX, first);
  let settled = /** @type {Promise<unknown>} */ (Promise.resolve());
  let next = take(0);
  for (let first = 0; ; first += size) {
    const texts = await next;
    if (texts.length === 0) return;
    next = take(first + size);
    const results = (await Promise.all(texts.map(run))).flat();
    await settled;
    settled = commands.settle(...KEYS, QUEUE, PREFIX, first, ...results);
  }
}

serve(loop);
