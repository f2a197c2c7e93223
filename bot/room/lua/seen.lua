-- Notes that a page was shown with everything up to a change.
--
-- KEYS[1] {lane-NN}:room:<pid>  HASH
-- ARGV[1] the change  ARGV[2] now, unix ms
-- returns 1 noted, 0 there is no such room any more
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
if tonumber(ARGV[1]) > tonumber(redis.call('HGET', KEYS[1], 'seen') or '0') then
  redis.call('HSET', KEYS[1], 'seen', ARGV[1])
end
redis.call('HSET', KEYS[1], 'read', ARGV[2], 'here', ARGV[2])
return 1
