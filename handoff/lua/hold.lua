-- Holds an answer back for the time in which its writer may think again.
-- KEYS  1 held HASH (case → JSON, words sealed)  2 due ZSET (case → unix ms)
--       3 case HASH  4 taken ZSET  5 acts HASH of the case
--       6 back STRING of the case (an answer that came back)  7 revision STRING
-- ARGV  1 case  2 event of the answer  3 held answer as JSON  4 unix ms when it leaves
--       5 revision that the case has
-- Returns "done" (this answer is held or has gone), "back" (it was taken back),
--         "held" (another one goes first), "stale" (the case has moved on), or "ok".
if redis.call('ZSCORE', KEYS[4], ARGV[2]) then
  return redis.call('HEXISTS', KEYS[5], ARGV[2]) == 1 and 'done' or 'back'
end
local other = redis.call('HGET', KEYS[1], ARGV[1])
if other then return cjson.decode(other).i == ARGV[2] and 'done' or 'held' end
if redis.call('HGET', KEYS[3], 'r') ~= ARGV[5] then return 'stale' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
redis.call('DEL', KEYS[6])
redis.call('INCR', KEYS[7])
redis.call('PUBLISH', 'engawa:desk', ARGV[1])
return 'ok'
