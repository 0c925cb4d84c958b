-- start: notes that a suspect, a message whose worker was lost before, is about to run.
--
-- Guarantee: if this worker is lost as well, `restore` can tell the running task from the waiting ones, and counts the loss
-- only against the running one.
--
-- KEYS[1] unacked   KEYS[2] celery.started (set)
-- ARGV[1] tag
-- Returns 1, or 0 when the lease has run out and the message must not be run

if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
-- A full server refuses SADD as a script's first write, and lets it pass as a later one.
redis.call('SREM', KEYS[2], '')
redis.call('SADD', KEYS[2], ARGV[1])
return 1
