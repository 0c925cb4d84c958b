-- chord_add: counts one more part of a chord that runs.
-- Guarantee: one token counts once, so that the call may be repeated when its reply was lost. The token is set last: after an
-- error, nothing is counted, and the repeated call counts.
-- KEYS[1] the added parts (.t)   KEYS[2] the token's key
-- ARGV[1] seconds that the token is kept

if redis.call('EXISTS', KEYS[2]) == 0 then
  redis.call('INCR', KEYS[1])
  redis.call('SET', KEYS[2], 1, 'EX', tonumber(ARGV[1]))
end
return 1
