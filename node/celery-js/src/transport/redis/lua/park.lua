-- park: releases messages with a far eta; the sweep puts them back into their queue shortly before it.
--
-- Guarantee: the message stays in `unacked`; instead of a lease it has a due time. It keeps its lease if the server refuses the
-- due time. A future time in `unacked_index` keeps kombu's own sweep away from it.
--
-- KEYS[1] unacked_index   KEYS[2] celery.leases   KEYS[3] celery.parked
-- ARGV[3i-2 .. 3i] of the i-th message: tag, when to requeue it in ms, its eta in seconds
-- Returns the numbers (i) of those whose lease was gone

local gone = {}
for i = 1, #ARGV / 3 do
  local tag, due, eta = ARGV[3 * i - 2], ARGV[3 * i - 1], ARGV[3 * i]
  if redis.call('ZSCORE', KEYS[2], tag) then
    redis.call('ZREM', KEYS[2], '')  -- a full server refuses ZADD as a script's first write, and lets it pass as a later one
    redis.call('ZADD', KEYS[3], due, tag)
    redis.call('ZADD', KEYS[1], 'XX', eta, tag)
    redis.call('ZREM', KEYS[2], tag)  -- last, because an error does not undo a script's effects
  else
    gone[#gone + 1] = i
  end
end
return gone
