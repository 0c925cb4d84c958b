-- restore: puts messages that `sweep` found back into their lists, to be taken next.
--
-- Guarantee: a message is restored once, by one sweeper, and only if nobody renewed, settled or restored it meanwhile: its
-- score must still be the one that `sweep` saw. A worker's loss is counted in the same step: at first against everything
-- that the worker held, since nobody knows which task it was; from then on only against a task that was running (`start`).
--
-- KEYS[1] unacked   KEYS[2] unacked_index   KEYS[3] celery.leases or celery.parked   KEYS[4] celery.deliveries
-- KEYS[5] celery.started   KEYS[5+i] list of the i-th message
-- ARGV[4i-3 .. 4i] of the i-th: tag, score as seen, task id ('' = do not count a loss), message
-- Returns the numbers (i) of those that were restored

local restored = {}
for i = 1, #KEYS - 5 do
  local tag, score, id, message = ARGV[4 * i - 3], ARGV[4 * i - 2], ARGV[4 * i - 1], ARGV[4 * i]
  if redis.call('ZSCORE', KEYS[3], tag) == score then
    if redis.call('HEXISTS', KEYS[1], tag) == 1 then
      local was_running = redis.call('SREM', KEYS[5], tag) == 1
      redis.call('RPUSH', KEYS[5 + i], message)  -- before it is removed: an error must leave it where it was
      redis.call('HDEL', KEYS[1], tag)
      if id ~= '' and (was_running or redis.call('HEXISTS', KEYS[4], id) == 0) then
        redis.call('HINCRBY', KEYS[4], id, 1)
      end
      restored[#restored + 1] = i
    end
    redis.call('ZREM', KEYS[3], tag)
    redis.call('ZREM', KEYS[2], tag)
  end
end
return restored
