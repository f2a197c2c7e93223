-- Locks an account, or unlocks it. A new epoch ends every session of the old one at once.
-- KEYS  1 account HASH  2 book STREAM of the day
-- ARGV  1 "1" to lock, "0" to unlock  2-7 the book's line
-- Returns 1, also if it was so already; 0 if there is no such account.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if redis.call('HGET', KEYS[1], 'off') == ARGV[1] then return 1 end
redis.call('HSET', KEYS[1], 'off', ARGV[1])
redis.call('HINCRBY', KEYS[1], 'rev', 1)
redis.call('HINCRBY', KEYS[1], 'epoch', 1)
redis.call('XADD', KEYS[#KEYS], '*', 't', ARGV[3], 'b', ARGV[4], 'd', ARGV[5], 'o', ARGV[6], 'h', ARGV[7])
redis.call('PEXPIREAT', KEYS[#KEYS], ARGV[2])
return 1
