-- Sets one switch of the house, or ends it, and notes who did.
-- KEYS  1 switches HASH (kind → until, unix seconds)  2 log LIST, newest first
-- ARGV  1 kind  2 until, unix seconds; 0 ends it  3 entry of the log as JSON  4 entries kept
-- Returns 1, or 0 if the switch stands so already.
local was = redis.call('HGET', KEYS[1], ARGV[1]) or '0'
if was == ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('LPUSH', KEYS[2], ARGV[3])
redis.call('LTRIM', KEYS[2], 0, tonumber(ARGV[4]) - 1)
return 1
