-- measure: counts what waits in queues, and shows which message of each list is taken next. It moves none.
--
-- Guarantee: of all workers that ask, only one gets a queue's figures, so that sums over all workers are right. It stays the
-- queue's reporter while it asks again in time; otherwise another one takes its place. The database has a reporter too.
--
-- KEYS[1] celery.measured (hash: queue, or "" for the database -> until when in ms, and its reporter)   KEYS[2] celery.leases
-- KEYS[3] celery.parked   then per queue: its dead-letter list, and one list per priority step
-- ARGV[1] who asks   ARGV[2] for how long it stays the reporter, ms   ARGV[3] most bytes of a message's end   ARGV[4] priority steps
-- ARGV[5] and on: the queues' names
-- Returns { now in ms, held, parked, then per queue: waiting, dead letters, the ends of the next messages }; held or waiting is
-- -1 if another worker is the reporter

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
local function count(command, key)
  local found = redis.pcall(command, key)
  return type(found) == 'number' and found or 0
end

local reply = { now, -1, 0 }
if is_mine('') then reply[2], reply[3] = count('ZCARD', KEYS[2]), count('ZCARD', KEYS[3]) end
local at = 4
for queue = 5, #ARGV do
  local waiting, dead, ends = -1, 0, {}
  if is_mine(ARGV[queue]) then
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
  reply[n + 1], reply[n + 2], reply[n + 3] = waiting, dead, ends
end
redis.call('EXPIRE', KEYS[1], 86400)
return reply
