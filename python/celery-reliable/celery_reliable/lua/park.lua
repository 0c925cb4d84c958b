-- park: lets go of messages whose eta is far away, until the sweep puts them back into their queue shortly before it.
--
-- Guarantee: the message stays in `unacked`; instead of a lease it has the moment at which it is due. kombu's own sweep is
-- kept off it by an `unacked_index` time in the future.
--
-- KEYS[1] unacked_index   KEYS[2] celery.leases   KEYS[3] celery.parked
-- ARGV[3i-2 .. 3i] of the i-th message: tag, when to requeue it in ms, its eta in seconds
-- Returns the numbers (i) of those whose lease was gone

local gone = {}
for i = 1, #ARGV / 3 do
  local tag, due, eta = ARGV[3 * i - 2], ARGV[3 * i - 1], ARGV[3 * i]
  if redis.call('ZREM', KEYS[2], tag) == 1 then
    redis.call('ZADD', KEYS[3], due, tag)
    redis.call('ZADD', KEYS[1], 'XX', eta, tag)
  else
    gone[#gone + 1] = i
  end
end
return gone
