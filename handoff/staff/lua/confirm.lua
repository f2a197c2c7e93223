-- Puts a second factor in force, once its owner has shown a code of it. All other
-- sessions end: they came in without it.
-- KEYS  1 account HASH  2 sealed secret that waits for its first code, STRING
--       3 recovery codes SET (hashes)  4 session HASH that goes on  5 book STREAM of the day
-- ARGV  1 the sealed secret  2 step of the code  3-8 the book's line  9… hashes of recovery codes
-- Returns 1, or 0 if another secret waits by now, or none.
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2], KEYS[3])
redis.call('HSET', KEYS[1], 'totp', ARGV[1], 'step', ARGV[2])
local epoch = redis.call('HINCRBY', KEYS[1], 'epoch', 1)
if redis.call('EXISTS', KEYS[4]) == 1 then redis.call('HSET', KEYS[4], 'epoch', epoch) end
for i = 9, #ARGV do redis.call('SADD', KEYS[3], ARGV[i]) end
redis.call('XADD', KEYS[5], '*', 't', ARGV[4], 'b', ARGV[5], 'd', ARGV[6], 'o', ARGV[7], 'h', ARGV[8])
redis.call('PEXPIREAT', KEYS[5], ARGV[3])
return 1
