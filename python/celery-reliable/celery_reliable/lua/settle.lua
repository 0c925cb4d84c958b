-- settle: stores and publishes results, and acknowledges the messages that they came from, for a whole batch.
--
-- Guarantee: a message is never acknowledged without its result being stored. A stored SUCCESS is never overwritten
-- (Celery: BaseKeyValueStoreBackend._store_result), and a RETRY overwrites no end: Celery sends the retry before it stores
-- RETRY, so the retry may have ended already. A tag that is gone (its lease ran out and the message went back) is only reported:
-- another worker's record has another tag.
--
-- A message that goes along with a result, the next task of a chain, is put into its list once all results are stored. A repeated
-- call finds its own result there, word for word, or the SUCCESS of an earlier run that stayed, and its tag gone: it sends nothing
-- again.
--
-- KEYS[1] unacked   KEYS[2] unacked_index   KEYS[3] celery.leases   KEYS[4] celery.deliveries   KEYS[5] celery.counted
-- KEYS[6] celery.started   KEYS[7] prefix of the results' keys, before the task's id
-- ARGV[1] tag prefix   ARGV[2] seconds that results are kept (0 = forever)
-- ARGV[3i .. 3i+2] of the i-th: number of its tag ('' = keep the message), task id ('' = none can be read),
--                  result ('' = none); or, right after the one that it goes along with: '>', list, message
-- Returns the numbers (i) of those whose tag was gone, and the negative numbers of messages that their lists refused: the result
-- of their task is stored, but the task is not acknowledged

local prefix, results, expires = ARGV[1], KEYS[7], tonumber(ARGV[2])

local function store(key, result, ...)
  if expires > 0 then return redis.call('SET', key, result, 'EX', expires, ...) end
  return redis.call('SET', key, result, ...)
end

local function status(text)
  local ok, meta = pcall(cjson.decode, text)
  return ok and type(meta) == 'table' and meta.status
end

local function stays(stored, result)
  local is = status(stored)
  return is == 'SUCCESS' or ((is == 'FAILURE' or is == 'REVOKED') and status(result) == 'RETRY')
end

local reply, tags, numbers, ids, sends, isRepeated = {}, {}, {}, {}, {}, false
for i = 1, (#ARGV - 2) / 3 do
  local number, id, result = ARGV[3 * i], ARGV[3 * i + 1], ARGV[3 * i + 2]
  if number == '>' then
    local tag = prefix .. ARGV[3 * i - 3]
    if not isRepeated or redis.call('HEXISTS', KEYS[1], tag) == 1 then sends[#sends + 1] = i end
  else
    local key = results .. id
    local stored = result ~= '' and store(key, result, 'NX')
    local before = result ~= '' and not stored and redis.call('GET', key)
    local has_stayed = before and stays(before, result)
    isRepeated = before == result or has_stayed
    if before and not has_stayed then stored = store(key, result) end
    if stored then redis.call('PUBLISH', key, result) end
  end
  if number ~= '' and number ~= '>' then
    tags[#tags + 1] = prefix .. number
    numbers[#tags], ids[#tags] = i, id
  end
end
for _, i in ipairs(sends) do
  if type(redis.pcall('LPUSH', ARGV[3 * i + 1], ARGV[3 * i + 2])) == 'table' then  -- an error: no permission, not a list
    reply[#reply + 1] = -i
    for n = #tags, 1, -1 do
      if numbers[n] == i - 1 then
        table.remove(tags, n)
        table.remove(numbers, n)
        table.remove(ids, n)
      end
    end
  end
end
for from = 1, #tags, 1000 do
  local to = math.min(from + 999, #tags)
  local indexed = redis.call('ZREM', KEYS[2], unpack(tags, from, to))
  local leased = redis.call('ZREM', KEYS[3], unpack(tags, from, to))
  if indexed + leased == 2 * (to - from + 1) then  -- the usual case: no lease ran out, and kombu's sweep took nothing
    redis.call('HDEL', KEYS[1], unpack(tags, from, to))
  else
    for n = from, to do
      if redis.call('HDEL', KEYS[1], tags[n]) == 0 then reply[#reply + 1] = numbers[n] end
    end
  end
end
-- These keys are used only for tasks whose workers were lost, so usually they do not exist.
if #tags > 0 and redis.call('EXISTS', KEYS[4], KEYS[5], KEYS[6]) > 0 then
  for from = 1, #ids, 1000 do
    local to = math.min(from + 999, #ids)
    redis.call('HDEL', KEYS[4], unpack(ids, from, to))
    redis.call('ZREM', KEYS[5], unpack(ids, from, to))
  end
  for _, tag in ipairs(tags) do redis.call('SREM', KEYS[6], tag) end
end
return reply
