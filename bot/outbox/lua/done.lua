-- Takes a parcel off the queue of the desk, an alarm or the key store.
--
-- KEYS[1] {lane-NN}:lease           STRING
-- KEYS[2] {lane-NN}:q:<dest>:<pid>  LIST
-- KEYS[3] {lane-NN}:parcel:<pid>    HASH
-- KEYS[4] {lane-NN}:out:<dest>      ZSET
-- ARGV[1] our lease  ARGV[2] pid  ARGV[3] parcel id  ARGV[4] now, unix ms
-- returns  parcels still to go, or -1 when it was not ours to take
if redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('LINDEX', KEYS[2], 0) ~= ARGV[3] then
  return -1
end
redis.call('LPOP', KEYS[2])
redis.call('HDEL', KEYS[3], ARGV[3])
local left = redis.call('LLEN', KEYS[2])
if left == 0 then
  redis.call('ZREM', KEYS[4], ARGV[2])
else
  redis.call('ZADD', KEYS[4], ARGV[4], ARGV[2])
end
return left
