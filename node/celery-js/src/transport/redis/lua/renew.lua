-- renew: prolongs the leases of the messages that this worker holds.
--
-- Guarantee: only leases that still exist are prolonged, so that a message that was put back is never claimed again.
-- With ARGV[2] = 1 the time of delivery that kombu's own sweep looks at is set to now as well: a stock worker takes a message
-- for lost only after its whole visibility_timeout without a renewal.
--
-- KEYS[1] celery.leases   KEYS[2] unacked_index
-- ARGV[1] lease in ms   ARGV[2] 1 = renew unacked_index too   ARGV[3..] tags
-- Returns the tags whose lease is gone

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- A full server refuses ZADD as a script's first write, and lets it pass as a later one. Leases must hold there as well.
redis.call('ZREM', KEYS[1], '')
local gone = {}
for i = 3, #ARGV do
  local tag = ARGV[i]
  if redis.call('ZSCORE', KEYS[1], tag) then
    redis.call('ZADD', KEYS[1], 'XX', now + tonumber(ARGV[1]), tag)
    if ARGV[2] == '1' then redis.call('ZADD', KEYS[2], 'XX', now / 1000, tag) end
  else
    gone[#gone + 1] = tag
  end
end
return gone
