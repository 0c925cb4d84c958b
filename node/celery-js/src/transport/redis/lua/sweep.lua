-- sweep: finds messages whose lease has run out, and parked messages that are due. It moves none: `restore` does, once the
-- caller has marked the message as redelivered (Lua must not re-encode it). It also deletes old counts of lost workers, and keys
-- that another program has overwritten with another type; a message that was sent to such a key becomes a dead letter of that name.
--
-- Guarantee: after a pause (the server or all workers were away: the last sweep is more than half a lease ago) one whole
-- lease, the longest that any worker had lately, passes before any lease counts as run out, so that workers which are
-- alive renew theirs first. The same lease passes, and not more, when the server's clock was set back.
--
-- KEYS[1] celery.leases   KEYS[2] celery.parked   KEYS[3] celery.sweep   KEYS[4] unacked   KEYS[5] celery.deliveries
-- KEYS[6] celery.counted   KEYS[7] celery.started   KEYS[8] unacked_index
-- ARGV[1] lease in ms   ARGV[2] most messages to return of each kind   ARGV[3] most bytes of each kind; one message always is
-- Returns { now in ms, 1 when there may be more, expired, parked }, both flat lists of: tag, score, record of `unacked`, the
-- youngest first: pushed to the right one after the other, the oldest is taken next

-- How long the longest lease is remembered after its worker's last sweep.
local LONGEST_KEPT_MS = 3600 * 1000
-- How long a lost worker counts against a task. `settle` deletes the count earlier, but stock workers do not.
local COUNTED_KEPT_MS = 24 * 3600 * 1000
-- The most counts that one call deletes.
local FORGOTTEN = 1000
-- The most messages that one call takes out of a key that is no queue's; the most of them that are kept as dead letters.
local MISDIRECTED, MISDIRECTED_KEPT = 1000, 10000

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease, limit, most_bytes = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])

-- Deletes a key that was overwritten with another type, so that it stops neither the sweep nor the taking. A list is a queue that
-- someone has sent to: its messages become dead letters. Returns whether that is done.
local function repair(key, kind)
  local found = redis.call('TYPE', key).ok
  if found == kind or found == 'none' then return true end
  if found ~= 'list' then return redis.call('DEL', key) end
  local header = string.format('{"reason":"misdirected","time":%.0f,"worker":"","deliveries":0}\n', now)
  local dead, bytes = key .. '.dead', 0
  local found_dead = redis.call('TYPE', dead).ok
  if found_dead ~= 'list' and found_dead ~= 'none' then redis.call('DEL', dead) end
  for _ = 1, MISDIRECTED do
    local message = redis.call('LINDEX', key, -1)
    if not message or bytes > most_bytes then break end
    redis.call('LPUSH', dead, header .. message)
    redis.call('RPOP', key)
    bytes = bytes + #message
  end
  redis.call('LTRIM', dead, 0, MISDIRECTED_KEPT - 1)
  return redis.call('EXISTS', key) == 0
end

local fields = redis.pcall('HMGET', KEYS[3], 'last', 'longest', 'longest_at', 'patient_until')
if fields.err then
  if not repair(KEYS[3], 'hash') then return { now, 1, {}, {} } end
  fields = redis.call('HMGET', KEYS[3], 'last', 'longest', 'longest_at', 'patient_until')
end

-- A number of ms in the range where a double is exact; 0 for anything else, such as text, nan and infinity.
local function ms(text)
  local value = tonumber(text or 0)
  return value and value >= 0 and value < 9007199254740992 and value or 0
end

local last, longest, longest_at, patient_until = ms(fields[1]), ms(fields[2]), ms(fields[3]), ms(fields[4])
if lease >= longest or longest > LONGEST_KEPT_MS or now - longest_at > LONGEST_KEPT_MS then
  longest, longest_at = lease, now
end
longest_at = math.min(longest_at, now)
local has_paused = math.abs(now - last) > lease / 2
if has_paused then patient_until = now + longest end
local function format(number)
  return string.format('%.0f', number)
end
local state = {
  'last', format(now), 'longest', format(longest), 'longest_at', format(longest_at), 'patient_until', format(patient_until),
}
if type(redis.pcall('HSET', KEYS[3], unpack(state))) == 'table' then
  -- An error. A full server refuses HSET as a script's first write, and lets it pass as a later one.
  redis.pcall('ZREM', KEYS[1], '')
  redis.call('HSET', KEYS[3], unpack(state))
end

-- One command finds out that there is nothing to do, because an idle worker calls every few seconds.
if redis.call('EXISTS', unpack(KEYS)) == 1 then return { now, 0, {}, {} } end  -- `celery.sweep` alone

for i, kind in ipairs({ 'zset', 'zset', 'hash', 'hash', 'hash', 'zset', 'set', 'zset' }) do
  if not repair(KEYS[i], kind) then return { now, 1, {}, {} } end
end

if has_paused and now < last then
  -- After the clock was set back, the leases of dead workers would last that much longer, so they are cut.
  local latest = format(patient_until)
  for _, tag in ipairs(redis.call('ZRANGE', KEYS[1], '(' .. latest, '+inf', 'BYSCORE')) do
    redis.call('ZADD', KEYS[1], latest, tag)
  end
end

local forgotten = redis.call('ZRANGE', KEYS[6], '-inf', now - COUNTED_KEPT_MS, 'BYSCORE', 'LIMIT', 0, FORGOTTEN)
if #forgotten > 0 then
  redis.call('HDEL', KEYS[5], unpack(forgotten))
  redis.call('ZREM', KEYS[6], unpack(forgotten))
end

-- Leases that were renewed together run out together, so the tag's number decides which message was taken first.
local function is_younger(a, b)
  if a.at ~= b.at then return a.at > b.at end
  return a.number > b.number
end

local more = 0
local function due(key, members)
  local found, bytes, entries = {}, 0, {}
  if #members == 2 * limit then more = 1 end
  for i = 1, #members, 2 do
    local number = tonumber(string.match(members[i], ':(%d+)$')) or 0
    entries[#entries + 1] = { tag = members[i], score = members[i + 1], at = tonumber(members[i + 1]), number = number }
  end
  table.sort(entries, is_younger)
  for _, entry in ipairs(entries) do
    local tag, score = entry.tag, entry.score
    local record = redis.call('HGET', KEYS[4], tag)
    if record then
      bytes = bytes + #record
      if bytes > most_bytes and #found > 0 then
        more = 1
        break
      end
      local n = #found
      found[n + 1], found[n + 2], found[n + 3] = tag, score, record
    else  -- acknowledged by hand, restored by kombu, or the hash was deleted
      redis.call('ZREM', key, tag)
      redis.call('SREM', KEYS[7], tag)
    end
  end
  return found
end

local patient = now < patient_until and patient_until <= now + longest
-- Lost messages are all restored at once, each batch in front of the one before, so the oldest batch comes last. There may be a
-- million parked messages, and workers take them meanwhile, so the oldest batch comes first.
local lost = not patient and redis.call('ZRANGE', KEYS[1], now, '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, limit, 'WITHSCORES')
local overdue = redis.call('ZRANGE', KEYS[2], '-inf', now, 'BYSCORE', 'LIMIT', 0, limit, 'WITHSCORES')
local expired, parked = lost and due(KEYS[1], lost) or {}, due(KEYS[2], overdue)
return { now, more, expired, parked }
