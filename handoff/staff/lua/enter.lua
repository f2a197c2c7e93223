-- Begins a session, if the account is still as it was when the password was checked.
-- KEYS  1 account HASH  2 session HASH  3 sessions ZSET of the account (session → unix ms of its end)
--       4 book STREAM of the day
-- ARGV  1 name  2 epoch that the account must have  3 unix ms  4 unix ms of its end  5 ms it may be idle
--       6 id of the session  7-12 the book's line
-- Returns 1, or 0 if the account was locked or changed meanwhile.
local at = redis.call('HMGET', KEYS[1], 'epoch', 'off')
if at[1] ~= ARGV[2] or at[2] ~= '0' then return 0 end
redis.call('HSET', KEYS[2], 'name', ARGV[1], 'epoch', ARGV[2], 'began', ARGV[3], 'seen', ARGV[3], 'ends', ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[3])
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[6])
redis.call('PEXPIRE', KEYS[3], ARGV[4] - ARGV[3])
redis.call('XADD', KEYS[#KEYS], '*', 't', ARGV[8], 'b', ARGV[9], 'd', ARGV[10], 'o', ARGV[11], 'h', ARGV[12])
redis.call('PEXPIREAT', KEYS[#KEYS], ARGV[7])
return 1
