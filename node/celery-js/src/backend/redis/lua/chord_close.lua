-- chord_close: deletes a chord whose body was sent, and leaves a mark for parts that are delivered again.
-- Guarantee: nothing happens without the claim, which another worker may have by now (Celery 5.7's CHORD_CLEANUP_LUA).
-- KEYS[1] the claim (.c)   KEYS[2..5] .j, .t, .s and .d
-- ARGV[1] token   ARGV[2] seconds that the mark stays

if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5])
redis.call('SET', KEYS[1], 'done', 'EX', tonumber(ARGV[2]))
return 1
