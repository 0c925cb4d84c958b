-- revive: puts dead letters back into their queue, to be run again.
--
-- Guarantee: a message leaves the dead letters and enters its list in one step, byte for byte, and only if its letter is
-- still there: two operators who retry the same letter run it once. It begins with no lost workers counted against it.
--
-- KEYS[1] dead-letter list of one queue   KEYS[2] celery.deliveries   KEYS[3] celery.counted
-- KEYS[3+i] list of the i-th message
-- ARGV[2i-1 .. 2i] of the i-th: its letter as it is in the list, task id ('' = none can be read)
-- Returns the numbers (i) of those that were not there any more

-- Pushed, then removed: an error must leave the letter where it was. HDEL comes first, because a full server refuses a push
-- as a script's first write, and lets it pass as a later one. Searched from the right, where the oldest are, because a retry of
-- all letters begins there.
local gone = {}
for i = 1, #KEYS - 3 do
  local letter, id = ARGV[2 * i - 1], ARGV[2 * i]
  if redis.call('LPOS', KEYS[1], letter, 'RANK', -1) then
    redis.call('HDEL', KEYS[2], id)
    redis.call('ZREM', KEYS[3], id)
    redis.call('LPUSH', KEYS[3 + i], string.sub(letter, (string.find(letter, '\n', 1, true) or 0) + 1))
    redis.call('LREM', KEYS[1], -1, letter)
  else
    gone[#gone + 1] = i
  end
end
return gone
