-- Notes who waits and is told of now, so that it is told once.
-- KEYS  1 told ZSET (who → unix ms)
-- ARGV  1 unix ms  2 unix ms before which it is forgotten  3… who waits
-- Returns how many of them were not told of before.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[2])
local fresh = 0
for i = 3, #ARGV do
  if redis.call('ZSCORE', KEYS[1], ARGV[i]) then
    redis.call('ZADD', KEYS[1], ARGV[1], ARGV[i])
  else
    fresh = fresh + redis.call('ZADD', KEYS[1], ARGV[1], ARGV[i])
  end
end
return fresh
