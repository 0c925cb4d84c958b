-- expire: deletes the dead letters of some queues that are older than they are kept for.
--
-- Guarantee: a letter goes only if itself or a newer one is too old, by the time in its first line and the server's clock;
-- the list has the newest on its left. A first line that tells no time keeps nothing else from going.
--
-- KEYS[1] and on: dead-letter lists
-- ARGV[1] for how long a dead letter is kept, ms
-- Returns how many were deleted

-- Most that are looked at in one list: the next call goes on.
local LOOKED_AT = 1000

local time = redis.call('TIME')
local oldest = time[1] * 1000 + math.floor(time[2] / 1000) - tonumber(ARGV[1])
local deleted = 0
for _, key in ipairs(KEYS) do
  local overdue = 0
  for position = 1, LOOKED_AT do
    local letter = redis.call('LINDEX', key, -position)
    if not letter then break end
    local at = tonumber(string.match(letter, '^[^\n]*"time": ?(%d+)'))
    if at and at >= oldest then break end
    if at then overdue = position end
  end
  if overdue > 0 then
    redis.call('LTRIM', key, 0, -overdue - 1)
    deleted = deleted + overdue
  end
end
return deleted
