-- Takes on a call for an alarm, so that one process makes it at a time.
-- KEYS  1 alarm HASH   ARGV  1 way  2 step  3 unix ms  4 ms after which another may try if we fall silent
-- Returns 1, or 0 if it was acknowledged, is done for this step, or another is at it.
local at = redis.call('HMGET', KEYS[1], 'id', 'acked', 'done:' .. ARGV[1], 'busy:' .. ARGV[1])
if not at[1] or at[2] then return 0 end
if at[3] and tonumber(at[3]) >= tonumber(ARGV[2]) then return 0 end
if at[4] and tonumber(at[4]) > tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], 'busy:' .. ARGV[1], ARGV[3] + ARGV[4])
return 1
