-- settle: stores and publishes results, and acknowledges the messages that they came from, for a whole batch.
--
-- Guarantee: a message is never acknowledged without its result being stored. A stored SUCCESS is never overwritten
-- (Celery: BaseKeyValueStoreBackend._store_result). A tag that is gone (its lease ran out and the message went back) only
-- counts as such: the record that another worker now holds has another tag.
--
-- KEYS[1] unacked   KEYS[2] unacked_index   KEYS[3] celery.leases   KEYS[4] celery.deliveries
-- KEYS[5] celery.started   KEYS[5+i] key of the i-th result
-- ARGV[4i-3 .. 4i] of the i-th: tag ('' = keep the message), task id, seconds that the result is kept (0 = always),
--                  result ('' = none)
-- Returns the numbers (i) of those whose tag was gone

local gone, tags, ids = {}, {}, {}
for i = 1, #KEYS - 5 do
  local tag, id, expires, result = ARGV[4 * i - 3], ARGV[4 * i - 2], tonumber(ARGV[4 * i - 1]), ARGV[4 * i]
  if result ~= '' then
    local key = KEYS[5 + i]
    local stored
    if expires > 0 then
      stored = redis.call('SET', key, result, 'EX', expires, 'NX')
    else
      stored = redis.call('SET', key, result, 'NX')
    end
    if not stored then
      local ok, before = pcall(cjson.decode, redis.call('GET', key))
      if not (ok and type(before) == 'table' and before.status == 'SUCCESS') then
        if expires > 0 then
          redis.call('SET', key, result, 'EX', expires)
        else
          redis.call('SET', key, result)
        end
        stored = true
      end
    end
    if stored then redis.call('PUBLISH', key, result) end
  end
  if tag ~= '' then
    if redis.call('HDEL', KEYS[1], tag) == 0 then gone[#gone + 1] = i end
    tags[#tags + 1] = tag
    if id ~= '' then ids[#ids + 1] = id end
  end
end
for from = 1, #tags, 1000 do
  local to = math.min(from + 999, #tags)
  redis.call('ZREM', KEYS[2], unpack(tags, from, to))
  redis.call('ZREM', KEYS[3], unpack(tags, from, to))
end
-- Only tasks whose workers were lost have anything here, and mostly there are none.
if #ids > 0 and redis.call('EXISTS', KEYS[4]) == 1 then
  for from = 1, #ids, 1000 do
    redis.call('HDEL', KEYS[4], unpack(ids, from, math.min(from + 999, #ids)))
  end
  for _, tag in ipairs(tags) do redis.call('SREM', KEYS[5], tag) end
end
return gone
