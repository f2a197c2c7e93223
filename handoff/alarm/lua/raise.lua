-- Raises an alarm, once.
-- KEYS  1 alarm HASH  2 open ZSET (alarm → rank and time)  3 SET of the person's alarms  4 revision STRING of the desk
-- ARGV  1 id  2 person  3 alias  4 what it is, as JSON  5 score  6 unix ms  7 ms that the person's set is kept
-- Returns 1, or 0 if this id was raised before.
if redis.call('HSETNX', KEYS[1], 'raised', ARGV[6]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'id', ARGV[1], 'person', ARGV[2], 'alias', ARGV[3], 'what', ARGV[4], 'steps', 0, 'again', '')
redis.call('ZADD', KEYS[2], ARGV[5], ARGV[1])
if ARGV[2] ~= '' then
  redis.call('SADD', KEYS[3], ARGV[1])
  redis.call('PEXPIRE', KEYS[3], ARGV[7])
end
redis.call('INCR', KEYS[4])
redis.call('PUBLISH', 'engawa:alarm', ARGV[1])
return 1
