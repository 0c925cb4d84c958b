-- chord_claim: prolongs the claim to send a chord's body, or takes it again once it ran out.
-- Guarantee: a caller that gets 1 is the only one with a claim, for the requested time (Celery 5.7's
-- CHORD_CLAIM_EXTEND_LUA).
-- KEYS[1] the claim (.c)   KEYS[2] the chord's size (.s)
-- ARGV[1] token   ARGV[2] seconds

local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then return redis.call('EXPIRE', KEYS[1], tonumber(ARGV[2])) end
if holder or redis.call('EXISTS', KEYS[2]) == 0 then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', tonumber(ARGV[2]))
return 1
