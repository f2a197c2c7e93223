-- Takes a closed case off the desk once its time is over; its log has a longer one.
-- KEYS  1 case HASH  2 notes HASH  3 acts HASH  4 faded ZSET  5 logged ZSET
-- ARGV  1 case
-- Returns 1, or 0 if it was gone already.
local since = redis.call('ZSCORE', KEYS[4], ARGV[1])
if not since then return 0 end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('ZADD', KEYS[5], since, ARGV[1])
return 1
