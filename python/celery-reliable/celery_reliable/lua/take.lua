-- take: takes messages from their lists, records them as unacknowledged and leases them, in one step.
--
-- Guarantee: a message is in a list, or it is in `unacked` under a lease, or in the dead-letter list; there is no moment in
-- between at which a crash could lose it. An undecodable message never enters `unacked`, where it would stop kombu's sweep.
-- When replies of earlier calls were lost (ARGV[5] < ARGV[2]), it returns what those calls took instead of taking more.
-- The server does nothing else meanwhile, so one call moves about 16 MB and 1,000 undecodable messages, and says that it stopped.
--
-- KEYS[1] unacked (hash)   KEYS[2] unacked_index (zset)   KEYS[3] celery.leases (zset)   KEYS[4] celery.deliveries (hash)
-- KEYS[5 .. 4+Q] dead-letter lists of the Q queues, then one list per priority step and queue, in the order of taking
-- ARGV[1] tag prefix   ARGV[2] number of the first tag   ARGV[3] most messages to take   ARGV[4] lease in ms
-- ARGV[5] number of the first tag of lost calls (= ARGV[2]: none)   ARGV[6] worker, as JSON
-- ARGV[7] dead letters to keep   ARGV[8] Q
-- ARGV[9 .. 8+Q] the queues' names, as JSON
-- Returns { now in ms, undecodable messages, 1 when it stopped early: call again, then per message: tag number, queue (1..Q),
-- workers lost, message }; { 0, 0, 0 } if none of the keys exists. A queue with a key of the wrong type gives nothing and keeps
-- back no other; if nothing came from the others, its error is returned, so that the worker reports it.

local prefix, first, limit, lease = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local queues = tonumber(ARGV[8])

-- How many of the first four keys and of the lists exist. One command for all, because an idle worker calls once a second.
local function count_existing()
  local last = math.min(999 + queues, #KEYS)
  local existing = redis.call('EXISTS', KEYS[1], KEYS[2], KEYS[3], KEYS[4], unpack(KEYS, 5 + queues, last))
  for from = last + 1, #KEYS, 1000 do
    existing = existing + redis.call('EXISTS', unpack(KEYS, from, math.min(from + 999, #KEYS)))
  end
  return existing
end
local has_lost_calls = tonumber(ARGV[5]) < first
local existing = not has_lost_calls and count_existing()
if existing == 0 then return { 0, 0, 0 } end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local strict = cjson.new()
strict.decode_invalid_numbers(false)

-- The text of both languages' clients. It is valid UTF-8 and has no bare control characters, so one search replaces two checks.
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

-- Only cjson accepts control characters in strings; other parsers do not.
local function has_bare_control(text)
  for inside in string.gmatch(string.gsub(text, '\\.', '..'), '"([^"]*)"') do
    if string.find(inside, '[%z\1-\31]') then return true end
  end
  return false
end

-- The envelope as a table, only for inspection: the text itself is stored. Python's extensions of JSON are accepted (NaN,
-- Infinity, half a surrogate pair).
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

-- How many bytes one call may decode, because the server does nothing else meanwhile. Texts beyond that are delivered
-- unchecked; the worker buries the invalid ones.
local decode_budget = 1048576
local function spend_budget(text)
  if #text > decode_budget then return false end
  decode_budget = decode_budget - #text
  return true
end

-- Where the body, most of a large message, begins and ends, to skip it; nil if it has escapes (base64 has none).
local function body_of(text)
  local _, start = string.find(text, '^%s*{%s*"body"%s*:%s*"')
  if not start then
    local at = string.find(string.sub(text, 1, decode_budget), '"body"', 1, true)
    if at then _, start = string.find(text, '^"body"%s*:%s*"', at) end
  end
  local stop = start and string.find(text, '"', start + 1, true)
  if not stop or string.find(string.sub(text, start + 1, stop - 1), '\\', 1, true) then return end
  return start, stop
end

-- The envelope as a table; nil: it is invalid; false: it was not decoded.
local function try_decode(text)
  if spend_budget(text) then return decode(text) end
  local start, stop = body_of(text)
  local rest = start and string.sub(text, 1, start) .. string.sub(text, stop)
  if not rest or not spend_budget(rest) then return false end
  return decode(rest)
end

-- Recognizes the format of kombu's and our dumps, to save the decoding, which would double the cost of taking. Returns where
-- the headers begin. A text that matches but is broken in between was made by hand; the worker buries it.
local AFTER_BODY = '", "content-encoding": "utf-8", "content-type": "application/json", "headers": {'
local function headers_of_kombu(text)
  if string.sub(text, 1, 10) ~= '{"body": "' or string.sub(text, -2) ~= '}}' then return end
  local stop = string.find(text, '"', 11, true)
  if stop and string.sub(text, stop, stop + #AFTER_BODY - 1) == AFTER_BODY
    and string.find(text, '}, "properties": {"', math.max(stop, #text - 65536), true)
    and (#text > decode_budget or is_printable_ascii(text)) then
    return stop + #AFTER_BODY
  end
end

local function text_or_nil(value)
  return type(value) == 'string' and value ~= '' and value or nil
end

-- The id under which lost workers are counted: the task's. Protocol 1 has it in the body, and usually as its correlation id
-- (celery-node: `correlationId`); else the sender's delivery tag identifies the message.
local function counted_id(headers, properties)
  return text_or_nil(headers.id) or text_or_nil(properties.correlation_id) or text_or_nil(properties.correlationId)
    or text_or_nil(properties.delivery_tag)
end

-- The same id, found in a text that is too large to decode. `at`: where its headers begin, if known.
local function counted_id_in(text, at)
  local ends = string.sub(text, at or 1, (at or 1) + 65536) .. string.sub(text, -65536)
  local headers = string.match(ends, at and '(.*)' or '"headers"(.*)') or ''
  local id = string.match(headers, '"id"%s*:%s*"([^"\\]+)"')
  for _, name in ipairs({ 'correlation_id', 'correlationId', 'delivery_tag' }) do
    id = id or string.match(ends, '"' .. name .. '"%s*:%s*"([^"\\]+)"')
  end
  return id
end

-- Whether a message is marked as redelivered, or has neither of the objects for the mark.
local function may_be_redelivered(headers, info)
  return headers and headers.redelivered or info and info.redelivered or not (headers or info)
end

local function table_or_nil(value)
  return type(value) == 'table' and value or nil
end

-- `envelope`: the result of `try_decode`. `at`: where the headers begin, in a text of kombu's format.
local function workers_lost(text, envelope, at)
  if at and #text - at < decode_budget then
    if not string.find(text, '"redelivered":', at, true) then return 0 end
    envelope = try_decode(text)
  end
  local id
  if envelope == false then
    id = counted_id_in(text, at)
  elseif envelope then
    local headers, info = table_or_nil(envelope.headers), table_or_nil(envelope.properties.delivery_info)
    if may_be_redelivered(headers, info) then id = counted_id(headers or {}, envelope.properties) end
  end
  return id and tonumber(redis.call('HGET', KEYS[4], id) or 0) or 0
end

local reply = { now, 0, 0 }
local function add(number, queue, lost, text)
  local n = #reply
  reply[n + 1], reply[n + 2], reply[n + 3], reply[n + 4] = number, queue, lost, text
end

if has_lost_calls then
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
          local at = headers_of_kombu(text)
          add(number, queue, workers_lost(text, not at and try_decode(text), at), text)
          break
        end
      end
    end
  end
  if #reply > 3 then return reply end
end

-- Finds a key of the wrong type before anything is moved, because an error does not undo a script's effects. It also runs for
-- an idle worker, whose health check depends on this error.
local lengths_of_fixed = {
  redis.call('HLEN', KEYS[1]), redis.call('ZCARD', KEYS[2]), redis.call('ZCARD', KEYS[3]), redis.call('HLEN', KEYS[4]),
}
local existing_lists = existing or count_existing()
for _, length in ipairs(lengths_of_fixed) do
  if length > 0 then existing_lists = existing_lists - 1 end
end
if existing_lists == 0 then return reply end

local records, index, leases = {}, {}, {}
local taken = 0
-- Formatted once, because Lua would format a number again for every command.
local delivered, expires = string.format('%.3f', now / 1000), string.format('%.0f', now + lease)
local function record(text, queue)
  local at = headers_of_kombu(text)
  local envelope = not at and try_decode(text)
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
  add(first + taken, queue, workers_lost(text, envelope, at), text)
  taken = taken + 1
end

-- The length of a list; of one that has the wrong type, 0 and, in `wrong`, the error.
local wrong
local function length_of(list)
  local length = redis.pcall('LLEN', list)
  if type(length) ~= 'table' then return length end
  wrong = length
  return 0
end

-- A queue gives nothing if an undecodable message could not be buried.
local buries = {}
for queue = 1, queues do
  local before = wrong
  wrong = nil
  length_of(KEYS[4 + queue])
  buries[queue] = wrong == nil
  wrong = wrong or before
end

-- The lengths of a step's lists. (On 100 queues, asking for all steps at once takes 8 commands a task instead of 5.)
local function lengths_of(step)
  local lengths = {}
  for queue = 1, queues do
    lengths[queue] = buries[queue] and length_of(KEYS[4 + queues + step * queues + queue]) or 0
  end
  return lengths
end

-- What one call moves at most; the last text may exceed it.
local MOST_BYTES, MOST_UNDECODABLE = 16777216, 1000
local bytes = 0
local function is_over()
  return bytes >= MOST_BYTES or reply[2] >= MOST_UNDECODABLE
end

-- Pops a few texts at a time, more each time, and as many as fit if they are no larger than those before: a text's size is
-- known only then.
local AT_ONCE = 10
local function pop(list, want)
  local texts, largest, fit = {}, 1, 1
  repeat
    local some, count = redis.call('RPOP', list, fit), #texts
    if not some then break end
    for i = 1, #some do
      local size = #some[i]
      texts[count + i] = some[i]
      bytes = bytes + size
      if size > largest then largest = size end
    end
    fit = math.min(2 * fit, AT_ONCE, want - #texts, math.max(1, math.floor((MOST_BYTES - bytes) / largest)))
  until fit == 0 or bytes >= MOST_BYTES
  return texts
end

-- Within a priority step every queue gives an equal share, round after round, until the step is empty.
local steps = (#KEYS - 4 - queues) / queues
for step = 0, steps - 1 do
  if taken >= limit or is_over() then break end
  local lengths, active = lengths_of(step), {}
  for queue, length in ipairs(lengths) do
    if length > 0 then active[#active + 1] = queue end
  end
  while limit > taken and #active > 0 and not is_over() do
    local share, room = math.max(1, math.floor((limit - taken) / #active)), limit - taken
    local still, given = {}, {}
    for _, queue in ipairs(active) do
      local want = math.min(share, room)
      local texts = want > 0 and not is_over() and pop(KEYS[4 + queues + step * queues + queue], want)
      if texts then
        given[#given + 1] = { queue, texts }
        room = room - #texts
        if #texts == want then still[#still + 1] = queue end
      end
    end
    -- The queues take turns in the reply too, because a worker may run its messages in this order.
    for turn = 1, share do
      for _, one in ipairs(given) do
        if one[2][turn] then record(one[2][turn], one[1]) end
      end
    end
    active = still
  end
end

if is_over() then reply[3] = 1 end

-- In slices, because unpack() and a command's share of the Lua stack are limited.
for from = 1, #records, 1000 do
  local to = math.min(from + 999, #records)
  redis.call('HSET', KEYS[1], unpack(records, from, to))
  redis.call('ZADD', KEYS[2], unpack(index, from, to))
  redis.call('ZADD', KEYS[3], unpack(leases, from, to))
end
if wrong and #reply == 3 and reply[2] == 0 then return wrong end
return reply
