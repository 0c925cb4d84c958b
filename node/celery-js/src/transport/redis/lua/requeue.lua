-- requeue: puts messages that this worker holds back into their lists.
--
-- Guarantee: a message leaves `unacked` and enters its list in one step, and only if this worker's record is still there.
--
-- KEYS[1] unacked   KEYS[2] unacked_index   KEYS[3] celery.leases   KEYS[4] celery.started
-- KEYS[4+i] list of the i-th message
-- ARGV[3i-2 .. 3i] of the i-th: tag, side ('next' = taken before all others, 'last' = after them), message
-- Returns the numbers (i) of those whose tag was gone

-- Pushed before it is removed, because an error must leave the message where it was. SREM comes first, because a full server
-- refuses a push as a script's first write, and lets it pass as a later one.
local gone = {}
for i = 1, #KEYS - 4 do
  local tag, side, message = ARGV[3 * i - 2], ARGV[3 * i - 1], ARGV[3 * i]
  if redis.call('HEXISTS', KEYS[1], tag) == 1 then
    redis.call('SREM', KEYS[4], tag)
    redis.call(side == 'next' and 'RPUSH' or 'LPUSH', KEYS[4 + i], message)
    redis.call('HDEL', KEYS[1], tag)
  else
    gone[#gone + 1] = i
  end
  redis.call('ZREM', KEYS[2], tag)
  redis.call('ZREM', KEYS[3], tag)
end
return gone
