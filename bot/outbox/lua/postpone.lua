-- Puts off the next try to the desk, an alarm or the key store.
--
-- KEYS[1] {lane-NN}:lease       STRING
-- KEYS[2] {lane-NN}:out:<dest>  ZSET
-- ARGV[1] our lease  ARGV[2] pid  ARGV[3] unix ms of the next try
-- returns  1 done, 0 the lease is not ours
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('ZADD', KEYS[2], 'XX', ARGV[3], ARGV[2])
return 1
