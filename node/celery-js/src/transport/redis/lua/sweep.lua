-- sweep: finds messages whose lease has run out, and parked messages that are due. It moves nothing: `restore` does, once
-- the caller has marked the message as redelivered (Lua must not re-encode it).
--
-- Guarantee: after a pause (the server or all workers were away: the last sweep is more than half a lease ago) one whole
-- lease, the longest that any worker had lately, passes before any lease counts as run out, so that workers which are
-- alive renew theirs first.
--
-- KEYS[1] celery.leases   KEYS[2] celery.parked   KEYS[3] celery.sweep   KEYS[4] unacked
-- ARGV[1] lease in ms   ARGV[2] most messages to return of each kind
-- Returns { now in ms, expired, parked }, both flat lists of: tag, score, record of `unacked`

-- How long the lease of a worker that sweeps no more is remembered.
local LONGEST_KEPT_MS = 3600 * 1000

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local function field(name) return tonumber(redis.call('HGET', KEYS[3], name) or 0) end

local last, longest = field('last'), field('longest')
if lease >= longest or now - field('longest_at') > LONGEST_KEPT_MS then
  longest = lease
  redis.call('HSET', KEYS[3], 'longest', lease, 'longest_at', now)
end
if now - last > lease / 2 then redis.call('HSET', KEYS[3], 'patient_until', now + longest) end
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

local patient = now < field('patient_until')
return { now, patient and {} or due(KEYS[1]), due(KEYS[2]) }
