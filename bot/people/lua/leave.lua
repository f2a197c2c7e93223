-- Ends what is kept of somebody who has been silent for long, unless they came back
-- meanwhile or a case is open. From here on their next word begins a new person;
-- their words stay as long as their key does.
--
-- KEYS[1] {lane-NN}:person:<pid>  HASH
-- KEYS[2] {lane-NN}:who:<blind>   STRING
-- KEYS[3] {lane-NN}:people        ZSET  pid → unix ms of the last event
-- ARGV[1] pid
-- ARGV[2] unix ms: silent since before then
-- ARGV[3] now, unix ms
-- returns  1 they have left, 0 they have not
local last = redis.call('ZSCORE', KEYS[3], ARGV[1])
if redis.call('HEXISTS', KEYS[1], 'o') == 1 or (last and tonumber(last) > tonumber(ARGV[2])) then
  return 0
end
if redis.call('GET', KEYS[2]) == ARGV[1] then
  redis.call('DEL', KEYS[2])
end
redis.call('HDEL', KEYS[1], 'b', 'u', 's', 'a', 'h', 'f')
redis.call('HSETNX', KEYS[1], 'x', ARGV[3])
return 1
