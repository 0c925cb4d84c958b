-- chord_part: stores the result of one part of a chord, and returns whether it was the last missing one.
-- Guarantee: a part counts once, however often it is delivered; of all callers that complete the chord, one gets the claim to
-- send the body, until it runs out. It does the same as Celery 5.7's RedisBackend (CHORD_PART_RETURN_LUA), so that parts on
-- workers of both languages count together.
-- KEYS[1] zset of results by index, or list of them (.j)   KEYS[2] tasks added while it ran (.t)   KEYS[3] the chord's size (.s)
-- KEYS[4] set of the parts that count already (.d)   KEYS[5] the group's saved result   KEYS[6] the claim (.c)
-- ARGV[1] task id   ARGV[2] its result   ARGV[3] index in the header, or +inf   ARGV[4] seconds to keep the parts, 0 = for
-- ever   ARGV[5] seconds to keep the group's result, 0 = as it is   ARGV[6] seconds that a claim lasts   ARGV[7] its token
-- ARGV[8] 1 = results are kept by index, 0 = as they come
-- Returns "done" for a chord whose body was sent, "claimed" if the caller must send it, "taken" if the chord is complete and
-- another caller must send it, else "waiting".

if redis.call('GET', KEYS[6]) == 'done' then return 'done' end
local member = ARGV[1] .. ':' .. ARGV[3]
local ordered = ARGV[8] == '1'
if redis.call('SADD', KEYS[4], member) == 1 then
  if ordered then redis.call('ZADD', KEYS[1], ARGV[3], ARGV[2]) else redis.call('RPUSH', KEYS[1], ARGV[2]) end
end
local expires, group_expires = tonumber(ARGV[4]), tonumber(ARGV[5])
if expires > 0 then
  for i = 1, 4 do redis.call('EXPIRE', KEYS[i], expires) end
  if group_expires > 0 then redis.call('EXPIRE', KEYS[5], group_expires) end
end
local size = redis.call('GET', KEYS[3])
if not size then return 'waiting' end
local expected = tonumber(size) + tonumber(redis.call('GET', KEYS[2]) or 0)
if redis.call(ordered and 'ZCARD' or 'LLEN', KEYS[1]) ~= expected then return 'waiting' end
if redis.call('SET', KEYS[6], ARGV[7], 'NX', 'EX', tonumber(ARGV[6])) then return 'claimed' end
return 'taken'
