-- bury: moves messages that cannot be executed from `unacked` to their queue's dead-letter list, raw bytes and reason.
--
-- Guarantee: the message leaves `unacked` and enters the list in one step. A tag that is gone is left alone: another worker
-- holds the message and will decide.
--
-- KEYS[1] unacked   KEYS[2] unacked_index   KEYS[3] celery.leases   KEYS[4] celery.deliveries   KEYS[5] celery.counted
-- KEYS[6] celery.started   KEYS[6+i] dead-letter list of the i-th message
-- ARGV[1] dead letters to keep
-- ARGV[4i-2 .. 4i+1] of the i-th: tag, task id ('' = none can be read), header (one line of JSON), message
-- Returns the numbers (i) of those whose tag was gone

-- Pushed before it is removed, because an error must leave the message where it was. SREM comes first, because a full
-- server refuses a push as a script's first write, and lets it pass as a later one.
local gone = {}
for i = 1, #KEYS - 6 do
  local tag, id, header, message = ARGV[4 * i - 2], ARGV[4 * i - 1], ARGV[4 * i], ARGV[4 * i + 1]
  if redis.call('HEXISTS', KEYS[1], tag) == 1 then
    redis.call('SREM', KEYS[6], tag)
    redis.call('LPUSH', KEYS[6 + i], header .. '\n' .. message)
    redis.call('LTRIM', KEYS[6 + i], 0, tonumber(ARGV[1]) - 1)
    redis.call('HDEL', KEYS[1], tag)
    if id ~= '' and redis.call('HDEL', KEYS[4], id) == 1 then redis.call('ZREM', KEYS[5], id) end
  else
    gone[#gone + 1] = i
  end
  redis.call('ZREM', KEYS[2], tag)
  redis.call('ZREM', KEYS[3], tag)
end
return gone
