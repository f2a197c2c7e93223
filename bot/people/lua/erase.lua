-- Removes all that is kept of a person, after their key was destroyed. Again
-- changes nothing. What is on its way to them is the outbox's to take back.
--
-- KEYS[1] {lane-NN}:person:<pid>  HASH
-- KEYS[2] {lane-NN}:who:<blind>   STRING (of the pseudonym in KEYS[1], as the caller read it)
-- KEYS[3] {lane-NN}:words:<pid>   HASH
-- KEYS[4] {lane-NN}:people        ZSET
-- KEYS[5] {lane-NN}:timer:<pid>   HASH   key → member of due
-- KEYS[6] {lane-NN}:due           ZSET
-- KEYS[7] {lane-NN}:room:<pid>    HASH   who may look at their talk on our own server
-- ARGV[1] pid
-- returns  1 somebody was there, 0 nobody
if redis.call('GET', KEYS[2]) == ARGV[1] then
  redis.call('DEL', KEYS[2])
end
for _, member in ipairs(redis.call('HVALS', KEYS[5])) do
  redis.call('ZREM', KEYS[6], member)
end
redis.call('ZREM', KEYS[4], ARGV[1])
return math.min(1, redis.call('DEL', KEYS[1], KEYS[3], KEYS[5], KEYS[7]))
