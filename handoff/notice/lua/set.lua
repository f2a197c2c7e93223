-- Sets one switch of the house, or ends it, and notes who did. One act counts once.
-- KEYS  1 switches HASH (kind → until, unix seconds)  2 log LIST, newest first
--       3 the act STRING
-- ARGV  1 kind  2 until, unix seconds; 0 ends it  3 entry of the log as JSON  4 entries kept
--       5 now, unix seconds  6 seconds for which the act is remembered
-- Returns 1, or 0 if the act was done before or the switch stands so already.
if not redis.call('SET', KEYS[3], ARGV[2], 'NX', 'EX', ARGV[6]) then return 0 end
local was = redis.call('HGET', KEYS[1], ARGV[1]) or '0'
if was == ARGV[2] then return 0 end
if ARGV[2] == '0' and tonumber(was) <= tonumber(ARGV[5]) then return 0 end -- it has ended by itself
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('LPUSH', KEYS[2], ARGV[3])
redis.call('LTRIM', KEYS[2], 0, tonumber(ARGV[4]) - 1)
return 1
