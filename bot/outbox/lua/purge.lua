-- Takes back what is on its way to a person whose keys are gone (消す): what they
-- were owed counts as deleted. The farewell stays, and so do notes and alarms,
-- which hold no words. Doing it again changes nothing.
--
-- KEYS[1] {lane-NN}:lease         STRING
-- KEYS[2] {lane-NN}:parcel:<pid>  HASH
-- KEYS[3] {lane-NN}:q:line:<pid>  LIST
-- KEYS[4] {lane-NN}:out:line      ZSET
-- KEYS[5] {lane-NN}:env:<pid>     HASH
-- KEYS[6] {lane-NN}:token:<pid>   STRING
-- KEYS[7] {lane-NN}:owed:<pid>    HASH
-- KEYS[8] {lane-NN}:ledger        HASH
-- ARGV[1] our lease  ARGV[2] pid  ARGV[3] now, unix ms
-- returns  1 done, 0 the lease is not ours
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
local final = false
for _, id in ipairs(redis.call('LRANGE', KEYS[3], 0, -1)) do
  local blob = redis.call('HGET', KEYS[2], id)
  if blob and cjson.decode(blob).f then
    final = true
  else
    redis.call('HDEL', KEYS[2], id)
    redis.call('LREM', KEYS[3], 1, id)
  end
end
if redis.call('HGET', KEYS[5], 'via') ~= 'final' then
  redis.call('DEL', KEYS[5])
end
if final then
  redis.call('ZADD', KEYS[4], ARGV[3], ARGV[2]) -- it waits for nothing any more
else
  redis.call('ZREM', KEYS[4], ARGV[2])
end
redis.call('DEL', KEYS[6])
local owed = redis.call('HLEN', KEYS[7])
if owed > 0 then
  redis.call('HINCRBY', KEYS[8], 'pending', -owed)
  redis.call('HINCRBY', KEYS[8], 'deleted', owed)
  redis.call('DEL', KEYS[7])
end
return 1
