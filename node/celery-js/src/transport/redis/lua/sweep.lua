-- sweep: finds messages whose lease has run out, and parked messages that are due. It moves nothing: `restore` does, once
-- the caller has marked the message as redelivered (Lua must not re-encode it).
--
-- Guarantee: after a pause (the server or all workers were away: the last sweep is more than half a lease ago) one whole
-- lease passes before any lease counts as run out, so that workers which are alive renew theirs first.
--
-- KEYS[1] celery.leases   KEYS[2] celery.parked   KEYS[3] celery.sweep   KEYS[4] unacked
-- ARGV[1] lease in ms   ARGV[2] most messages to return of each kind
-- Returns { now in ms, expired, parked }, both flat lists of: tag, score, record of `unacked`

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local last = tonumber(redis.call('HGET', KEYS[3], 'last') or 0)
if now - last > lease / 2 then redis.call('HSET', KEYS[3], 'patient_until', now + lease) end
redis.call('HSET', KEYS[3], 'last', now)

local function due(key)
  local found = {}
  local members = redis.call('ZRANGE', key, '-inf', now, 'BYSCORE', 'LIMIT', 0, limit, 'WITHSCORES')
  for i = 1, #members, 2 do
    local record = redis.call('HGET', KEYS[4], members[i])
    if record then
      found[#found + 1] = members[i]
      found[#found + 1] = members[i + 1]
      found[#found + 1] = record
    else
      redis.call('ZREM', key, members[i])  -- acknowledged by hand, or the hash was deleted
    end
  end
  return found
end

local patient = now < tonumber(redis.call('HGET', KEYS[3], 'patient_until') or 0)
return { now, patient and {} or due(KEYS[1]), due(KEYS[2]) }
