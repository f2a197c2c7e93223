-- Writes down who has seen an alarm, once; who was first stays.
-- KEYS  1 alarm HASH  2 open ZSET  3 untold SET (its lane has not heard yet)  4 acked ZSET (alarm → unix ms)
--       5 revision STRING of the desk
-- ARGV  1 id  2 unix ms  3 alias of who has seen it
-- Returns 1, 0 if somebody was faster, or -1 if there is no such alarm.
if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
if redis.call('HSETNX', KEYS[1], 'acked', ARGV[2]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'by', ARGV[3])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('SADD', KEYS[3], ARGV[1])
redis.call('ZADD', KEYS[4], ARGV[2], ARGV[1])
redis.call('INCR', KEYS[5])
redis.call('PUBLISH', 'engawa:alarm', ARGV[1])
return 1
