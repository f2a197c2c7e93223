-- Writes down what became of an answer on its way to the resident.
-- KEYS  1 acts HASH of the case (event → "state|account|why")  2 taken ZSET
--       3 log STREAM of the case  4 notices LIST of the coordinator  5 revision STRING
-- ARGV  1 id of the note  2 unix ms  3 event of the answer  4 state  5 why
--       6 account that answered  7 notice JSON or ""  8 case
-- Returns "ok", "done" (taken before) or "none" (no such answer: nothing to write).
if redis.call('ZSCORE', KEYS[2], ARGV[1]) then return 'done' end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
if redis.call('HEXISTS', KEYS[1], ARGV[3]) == 0 then return 'none' end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[4] .. '|' .. ARGV[6] .. '|' .. ARGV[5])
if ARGV[4] == 'refused' then
  redis.call('XADD', KEYS[3], '*', 't', ARGV[2], 'd', 'refused', 'b', ARGV[6], 'y', ARGV[5])
  if ARGV[7] ~= '' then
    redis.call('RPUSH', KEYS[4], ARGV[7])
    redis.call('LTRIM', KEYS[4], -100, -1)
  end
end
redis.call('INCR', KEYS[5])
redis.call('PUBLISH', 'engawa:desk', ARGV[8])
return 'ok'
