-- take: takes messages from their lists, records them as unacknowledged and leases them, in one step.
--
-- Guarantee: a message is in a list, or it is in `unacked` under a lease, or in the dead-letter list; there is no moment in
-- between at which a crash could lose it. What cannot be decoded never enters `unacked`, where it would stop kombu's sweep.
-- When replies of earlier calls were lost (ARGV[5] < ARGV[2]), it returns what those calls took instead of taking more.
--
-- KEYS[1] unacked (hash)   KEYS[2] unacked_index (zset)   KEYS[3] celery.leases (zset)   KEYS[4] celery.deliveries (hash)
-- KEYS[5 .. 4+Q] dead-letter lists of the Q queues, then one list per priority step and queue, in the order of taking
-- ARGV[1] tag prefix   ARGV[2] number of the first tag   ARGV[3] most messages to take   ARGV[4] lease in ms
-- ARGV[5] number of the first tag of lost calls (= ARGV[2]: none)   ARGV[6] worker, as JSON
-- ARGV[7] dead letters to keep   ARGV[8] Q
-- ARGV[9 .. 8+Q] the queues' names, as JSON
-- Returns { now in ms, undecodable messages, then per message: tag number, queue (1..Q), workers lost, message }

local prefix, first, limit, lease = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local queues = tonumber(ARGV[8])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local strict = cjson.new()
strict.decode_invalid_numbers(false)

-- What Python writes, and we: one look at a message says that it is neither of the two that follow.
local function is_printable_ascii(text)
  return string.find(text, '^[ -~]*$')
end

local function is_utf8(text)
  local rest = string.gsub(text, '[\194-\223][\128-\191]', '.')
  rest = string.gsub(rest, '\224[\160-\191][\128-\191]', '.')
  rest = string.gsub(rest, '[\225-\236\238\239][\128-\191][\128-\191]', '.')
  rest = string.gsub(rest, '\237[\128-\159][\128-\191]', '.')
  rest = string.gsub(rest, '\240[\144-\191][\128-\191][\128-\191]', '.')
  rest = string.gsub(rest, '[\241-\243][\128-\191][\128-\191][\128-\191]', '.')
  rest = string.gsub(rest, '\244[\128-\143][\128-\191][\128-\191]', '.')
  return not string.find(rest, '[\128-\255]')
end

-- cjson lets control characters stand in strings; no other parser does.
local function has_bare_control(text)
  for inside in string.gmatch(string.gsub(text, '\\.', '..'), '"([^"]*)"') do
    if string.find(inside, '[%z\1-\31]') then return true end
  end
  return false
end

-- The envelope as a table, to look at; what is stored is always the text itself. What Python writes and reads although
-- it is not JSON (NaN, Infinity, half a surrogate pair) is let through.
local function decode(text)
  local ok, envelope = pcall(strict.decode, text)
  if not ok and (string.find(text, '\\u[dD][89a-fA-F]') or string.find(text, 'NaN', 1, true)
    or string.find(text, 'Infinity', 1, true)) then
    ok, envelope = pcall(cjson.decode, (string.gsub(text, '\\u[dD][89a-fA-F]%x%x', '\\u003f')))
  end
  if ok and type(envelope) == 'table' and type(envelope.body) == 'string' and type(envelope.properties) == 'table'
    and (is_printable_ascii(text) or is_utf8(text) and not has_bare_control(text)) then
    return envelope
  end
end

-- What kombu's dumps writes, and ours: decoding it as well would double the cost of taking it. A text that has all of this
-- and is broken in between was made by hand; whoever takes it finds out at once, and buries it.
local function is_of_kombu(text)
  return string.sub(text, 1, 10) == '{"body": "' and string.sub(text, -2) == '}}'
    and string.find(text, '", "content-encoding": "utf-8", "content-type": "application/json", "headers": {', 1, true)
    and string.find(text, '}, "properties": {"', 1, true)
    and is_printable_ascii(text)
end

local function workers_lost(text, envelope)
  if not string.find(text, '"redelivered":', 1, true) then return 0 end
  local headers = (envelope or decode(text) or {}).headers
  if type(headers) == 'table' and headers.redelivered and type(headers.id) == 'string' then
    return tonumber(redis.call('HGET', KEYS[4], headers.id) or 0)
  end
  return 0
end

local reply = { now, 0 }
local function add(number, queue, lost, text)
  local n = #reply
  reply[n + 1], reply[n + 2], reply[n + 3], reply[n + 4] = number, queue, lost, text
end

if tonumber(ARGV[5]) < first then
  -- A full server refuses ZADD as a script's first write, and lets it pass as a later one.
  redis.call('ZREM', KEYS[3], '')
  for number = tonumber(ARGV[5]), first - 1 do
    local tag = prefix .. number
    local entry = redis.call('HGET', KEYS[1], tag)
    if entry then
      for queue = 1, queues do
        local suffix = ', "", ' .. ARGV[8 + queue] .. ']'
        if string.sub(entry, -#suffix) == suffix then
          local text = string.sub(entry, 2, -#suffix - 1)
          redis.call('ZADD', KEYS[3], 'XX', now + lease, tag)
          add(number, queue, workers_lost(text), text)
          break
        end
      end
    end
  end
  if #reply > 2 then return reply end
end

local records, index, leases = {}, {}, {}
local taken = 0
-- Texts, once: every number that is handed to a command is formatted anew.
local delivered, expires = string.format('%.3f', now / 1000), string.format('%.0f', now + lease)
local function record(text, queue)
  local envelope = not is_of_kombu(text) and decode(text)
  if envelope == nil then
    local header = '{"reason": "undecodable", "time": ' .. now .. ', "worker": ' .. ARGV[6] .. ', "deliveries": 0}'
    redis.call('LPUSH', KEYS[4 + queue], header .. '\n' .. text)
    redis.call('LTRIM', KEYS[4 + queue], 0, tonumber(ARGV[7]) - 1)
    reply[2] = reply[2] + 1
    return
  end
  local tag = prefix .. (first + taken)
  local n = 2 * taken
  records[n + 1], records[n + 2] = tag, '[' .. text .. ', "", ' .. ARGV[8 + queue] .. ']'
  index[n + 1], index[n + 2] = delivered, tag
  leases[n + 1], leases[n + 2] = expires, tag
  add(first + taken, queue, workers_lost(text, envelope), text)
  taken = taken + 1
end

-- A key of the wrong type must be found before anything has been moved: a script's effects are not undone by its error.
redis.call('HLEN', KEYS[1])
redis.call('ZCARD', KEYS[2])
redis.call('ZCARD', KEYS[3])
redis.call('HLEN', KEYS[4])
local lengths = {}
for i = 5, #KEYS do lengths[i] = redis.call('LLEN', KEYS[i]) end

-- Within a priority step every queue gives an equal share, round after round, until the step is empty.
local steps = (#KEYS - 4 - queues) / queues
for step = 0, steps - 1 do
  local active = {}
  for queue = 1, queues do active[queue] = queue end
  while limit > taken and #active > 0 do
    local share = math.max(1, math.floor((limit - taken) / #active))
    local still = {}
    for _, queue in ipairs(active) do
      local want = math.min(share, limit - taken)
      local list = 4 + queues + step * queues + queue
      if want > 0 and lengths[list] > 0 then
        local texts = redis.call('RPOP', KEYS[list], want)
        if texts then
          for _, text in ipairs(texts) do record(text, queue) end
          if #texts == want then still[#still + 1] = queue end
        end
      end
    end
    active = still
  end
end

-- unpack() is limited, and so is a command's share of the Lua stack: record in slices.
for from = 1, #records, 1000 do
  local to = math.min(from + 999, #records)
  redis.call('HSET', KEYS[1], unpack(records, from, to))
  redis.call('ZADD', KEYS[2], unpack(index, from, to))
  redis.call('ZADD', KEYS[3], unpack(leases, from, to))
end
return reply
