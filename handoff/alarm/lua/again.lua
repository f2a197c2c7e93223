-- Raises an alarm again because nobody has reacted; one process does it per step.
-- KEYS  1 alarm HASH  2 revision STRING of the desk   ARGV  1 id  2 step that comes now  3 unix ms
-- Returns 1, or 0 if it was acknowledged or another process did this step.
local at = redis.call('HMGET', KEYS[1], 'steps', 'acked', 'again')
if at[2] or at[1] ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'steps', at[1] + 1, 'again', at[3] .. ARGV[3] .. ' ')
redis.call('INCR', KEYS[2])
redis.call('PUBLISH', 'engawa:alarm', ARGV[1])
return 1
