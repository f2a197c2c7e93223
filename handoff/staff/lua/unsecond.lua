-- Takes a second factor away. A new epoch ends every session but one.
-- KEYS  1 account HASH  2 recovery codes SET  3 sealed secret that waits, STRING
--       4 session HASH that goes on, or any key that is not there  5 book STREAM of the day
-- ARGV  1-6 the book's line
-- Returns 1, also if there was none; 0 if there is no such account.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('DEL', KEYS[2], KEYS[3])
if redis.call('HDEL', KEYS[1], 'totp', 'step') == 0 then return 1 end
local epoch = redis.call('HINCRBY', KEYS[1], 'epoch', 1)
if redis.call('EXISTS', KEYS[4]) == 1 then redis.call('HSET', KEYS[4], 'epoch', epoch) end
redis.call('XADD', KEYS[5], '*', 't', ARGV[2], 'b', ARGV[3], 'd', ARGV[4], 'o', ARGV[5], 'h', ARGV[6])
redis.call('PEXPIREAT', KEYS[5], ARGV[1])
return 1
