-- restore: puts messages that `sweep` found back into their lists, to be taken next.
--
-- Guarantee: a message is restored once, by one sweeper, and only if it was not renewed, settled or restored meanwhile: its
-- score must still be the one that `sweep` saw. A worker's loss is counted in the same step: the first time against everything
-- that the worker held, because the culprit is unknown; later only against a task that was running (`start`). A message that
-- its list refuses stays where it is, and is not found again for one lease, so that it does not block the messages behind it.
--
-- KEYS[1] unacked   KEYS[2] unacked_index   KEYS[3] celery.leases or celery.parked   KEYS[4] celery.deliveries
-- KEYS[5] celery.counted   KEYS[6] celery.started   KEYS[6+i] list of the i-th message
-- ARGV[1] lease in ms   ARGV[4i-2 .. 4i+1] of the i-th: tag, score as seen, id to count a loss under ('' = none), message
-- Returns { the first refusal, or '', then the numbers (i) of those that were restored }

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local reply = { '' }

-- Workers refuse a message with a longer id, so it needs no count, which would be kept for a day.
local LONGEST_ID = 2048

local function count_loss(id, was_running)
  if id == '' or #id > LONGEST_ID then return end
  if was_running or redis.call('HEXISTS', KEYS[4], id) == 0 then
    redis.call('HINCRBY', KEYS[4], id, 1)
    redis.call('ZADD', KEYS[5], now, id)
  end
end

local function restore(i, tag, score, id, message)
  if redis.call('ZSCORE', KEYS[3], tag) ~= score then return end
  if redis.call('HEXISTS', KEYS[1], tag) == 1 then
    -- SREM comes first, because a full server refuses a push as a script's first write, and lets it pass as a later one.
    local was_running = redis.call('SREM', KEYS[6], tag) == 1
    local pushed = redis.pcall('RPUSH', KEYS[6 + i], message)  -- before it is removed: see the guarantee
    if type(pushed) == 'table' then
      if was_running then redis.call('SADD', KEYS[6], tag) end
      redis.call('ZADD', KEYS[3], now + tonumber(ARGV[1]), tag)
      if reply[1] == '' then reply[1] = KEYS[6 + i] .. ': ' .. pushed.err end
      return
    end
    redis.call('HDEL', KEYS[1], tag)
    count_loss(id, was_running)
    reply[#reply + 1] = i
  end
  redis.call('ZREM', KEYS[3], tag)
  redis.call('ZREM', KEYS[2], tag)
end

for i = 1, #KEYS - 6 do restore(i, ARGV[4 * i - 2], ARGV[4 * i - 1], ARGV[4 * i], ARGV[4 * i + 1]) end
return reply
