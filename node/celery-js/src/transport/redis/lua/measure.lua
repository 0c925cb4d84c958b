-- measure: counts the messages that wait in queues, and shows the next one of each list. It moves none.
--
-- Guarantee: of all workers that ask, only one gets a queue's metrics, so that sums over all workers are right. It stays the
-- queue's reporter while it asks again in time; otherwise another one takes its place. The database has a reporter too.
--
-- KEYS[1] celery.measured (hash: queue, or "" for the database -> until when in ms, and its reporter)   KEYS[2] celery.leases
-- KEYS[3] celery.parked   KEYS[4] unacked   then per queue: its dead-letter list, and one list per priority step
-- ARGV[1] who asks   ARGV[2] for how long it stays the reporter, ms   ARGV[3] most bytes of a message's end   ARGV[4] priority steps
-- ARGV[5] and on: the queues' names
-- Returns { now in ms, held, parked, then per queue: waiting, dead letters, parked, the ends of the next messages }; held or
-- waiting is -1 if another worker is the reporter

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local who, hold, bytes, steps = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then redis.call('DEL', KEYS[1]) end

local function is_mine(field)
  local until_ms, holder = string.match(redis.call('HGET', KEYS[1], field) or '', '^(%d+) (.*)$')
  -- A clock that was set back must not prolong the term.
  if holder and holder ~= who and tonumber(until_ms) > now and tonumber(until_ms) < now + 3600000 then return false end
  redis.call('HSET', KEYS[1], field, string.format('%.0f %s', now + hold, who))
  return true
end

-- A key of another type counts as 0, and does not fail the script.
local function count(command, ...)
  local found = redis.pcall(command, ...)
  return type(found) == 'number' and found or 0
end

-- The limits of reading parked messages: in all, in one slice, and in bytes. If there are more, the counts by queue are
-- estimates from slices that are spread evenly over the due times.
local SAMPLE, SLICE, SAMPLE_BYTES = 200, 10, 8388608
-- Longer than any shown queue's name.
local NAME_BYTES = 1300

-- A record of `unacked` ends with the name of its queue.
local function queue_of(record)
  local text = string.match(string.sub(record, -NAME_BYTES), ', ("[^"]*")%]$')
  local is_json, queue = pcall(cjson.decode, '[' .. (text or '') .. ']')
  return is_json and queue[1] or ''
end

local function parked_by_queue()
  local total, found, seen, read = count('ZCARD', KEYS[3]), {}, 0, 0
  local size = math.min(total, SAMPLE)
  for from = 0, size - 1, SLICE do
    local rank = math.floor(from * total / size)
    local tags = redis.call('ZRANGE', KEYS[3], rank, rank + SLICE - 1)
    local records = redis.pcall('HMGET', KEYS[4], unpack(tags))
    for i = 1, #tags do
      local queue = type(records[i]) == 'string' and queue_of(records[i]) or ''
      found[queue], read = (found[queue] or 0) + 1, read + #(records[i] or '')
    end
    seen = seen + #tags
    if read > SAMPLE_BYTES then break end
  end
  for queue, number in pairs(found) do found[queue] = math.floor(number * total / seen + 0.5) end
  return found
end

local parked
local reply = { now, -1, 0 }
if is_mine('') then reply[2], reply[3] = count('ZCARD', KEYS[2]), count('ZCARD', KEYS[3]) end
local at = 5
for queue = 5, #ARGV do
  local waiting, dead, ends = -1, 0, {}
  if is_mine(ARGV[queue]) then
    parked = parked or parked_by_queue()
    waiting, dead = 0, count('LLEN', KEYS[at])
    for step = 1, steps do
      local list = KEYS[at + step]
      waiting = waiting + count('LLEN', list)
      local text = redis.pcall('LINDEX', list, -1)
      if type(text) == 'string' then ends[#ends + 1] = string.sub(text, -bytes) end
    end
  end
  at = at + steps + 1
  local n = #reply
  reply[n + 1], reply[n + 2], reply[n + 3], reply[n + 4] = waiting, dead, parked and parked[ARGV[queue]] or 0, ends
end
redis.call('EXPIRE', KEYS[1], 86400)
return reply
