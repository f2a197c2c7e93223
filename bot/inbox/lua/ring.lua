-- Turns a timer that is due into an event of its lane, once. Another process may
-- have done it or a turn may have cancelled it meanwhile: then nothing happens.
--
-- KEYS[1] {lane-NN}:in           STREAM
-- KEYS[2] {lane-NN}:due          ZSET   timer → unix ms
-- KEYS[3] {lane-NN}:timer:<pid>  HASH   key → timer, to cancel by
-- KEYS[4] {lane-NN}:lease        STRING
-- ARGV[1] our lease
-- ARGV[2] the timer as it stands in due
-- ARGV[3] its key
-- ARGV[4…9] the entry's blind, person, event id, arrival (unix ms), kind, sealed bytes
-- returns  1 rung, 0 it was gone or the lease is not ours
if redis.call('GET', KEYS[4]) ~= ARGV[1] then
  return 0
end
if redis.call('ZREM', KEYS[2], ARGV[2]) == 0 then
  return 0
end
if redis.call('HGET', KEYS[3], ARGV[3]) == ARGV[2] then
  redis.call('HDEL', KEYS[3], ARGV[3])
end
redis.call('XADD', KEYS[1], '*', 'b', ARGV[4], 'p', ARGV[5], 'id', ARGV[6], 't', ARGV[7], 'k', ARGV[8], 'e', ARGV[9])
return 1
