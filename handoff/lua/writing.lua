-- Notes that somebody writes on a case, and tells the pages when that begins.
-- KEYS  1 case HASH  2 writing ZSET of the case (alias → unix ms until when)
-- ARGV  1 case  2 alias  3 unix ms  4 unix ms until when  5 ms for which it is known
-- Returns 1 if they have just begun, else 0.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. (tonumber(ARGV[3]) - tonumber(ARGV[5])))
local before = redis.call('ZSCORE', KEYS[2], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
if before and tonumber(before) >= tonumber(ARGV[3]) then return 0 end
redis.call('PUBLISH', 'engawa:desk', ARGV[1])
return 1
