-- expire: deletes the dead letters of some queues that are too old.
--
-- Guarantee: a letter is deleted only if it, or a newer one, is too old by the time in its first line and the server's clock;
-- the list has the newest on its left. A first line without a time does not stop the deletion of others. A key that is no list is
-- left alone: take.lua reports it.
--
-- KEYS[1] and on: dead-letter lists
-- ARGV[1] for how long a dead letter is kept, ms
-- Returns how many were deleted

-- The most letters checked in one list; the next call continues.
local MAX_CHECKED = 1000

local time = redis.call('TIME')
local oldest = time[1] * 1000 + math.floor(time[2] / 1000) - tonumber(ARGV[1])
local deleted = 0
for _, key in ipairs(KEYS) do
  local overdue = 0
  for position = 1, MAX_CHECKED do
    local letter = redis.pcall('LINDEX', key, -position)
    if type(letter) ~= 'string' then break end
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
