-- Sends a letter anew, or closes it without sending. Who comes second changes nothing.
--
-- KEYS[1] {lane-NN}:letters       HASH
-- KEYS[2] {lane-NN}:parcel:<pid>  HASH
-- KEYS[3] {lane-NN}:q:line:<pid>  LIST
-- KEYS[4] {lane-NN}:out:line      ZSET
-- KEYS[5] {lane-NN}:owed:<pid>    HASH
-- KEYS[6] {lane-NN}:ledger        HASH
-- ARGV[1] letter id
-- ARGV[2] the letter as we read it
-- ARGV[3] the letter as it shall stand, closed
-- ARGV[4] parcel id, '' = it is dropped
-- ARGV[5] parcel  ARGV[6] events that it answers (one a line)  ARGV[7] pid
-- ARGV[8] now, unix ms  ARGV[9] 1 if its failure moved the ledger
-- returns  1 done, 0 somebody else was first
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
if ARGV[4] == '' then
  return 1
end
redis.call('HSET', KEYS[2], ARGV[4], ARGV[5])
redis.call('RPUSH', KEYS[3], ARGV[4])
redis.call('ZADD', KEYS[4], 'LT', ARGV[8], ARGV[7])
for e in string.gmatch(ARGV[6], '[^\n]+') do
  local owed = redis.call('HGET', KEYS[5], e)
  if owed and string.sub(owed, 1, 2) == 'b:' then
    redis.call('HSET', KEYS[5], e, 'b:' .. (tonumber(string.sub(owed, 3)) + 1))
  elseif not owed and ARGV[9] == '1' then
    redis.call('HSET', KEYS[5], e, 'b:1')
    redis.call('HINCRBY', KEYS[6], 'failed', -1)
    redis.call('HINCRBY', KEYS[6], 'pending', 1)
  end
end
return 1
