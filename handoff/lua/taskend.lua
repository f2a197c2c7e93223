-- Lets go of an ended task whose time is over; what is counted of it stays.
-- KEYS  1 task HASH  2 notes HASH of the task  3 ended ZSET  4 SET of the person's tasks
-- ARGV  1 task
-- Returns 1, or 0 if it was gone already.
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('SREM', KEYS[4], ARGV[1])
return redis.call('ZREM', KEYS[3], ARGV[1])
