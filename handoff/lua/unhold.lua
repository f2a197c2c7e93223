-- Takes a held answer off its way; it will never go. Its writer finds it again.
-- KEYS  1 held HASH (case → JSON, words sealed)  2 due ZSET (case → unix ms)
--       3 taken ZSET  4 back STRING of the case  5 notices LIST of the writer
--       6 revision STRING
-- ARGV  1 case  2 event of the answer  3 account of its writer  4 unix ms
--       5 why it came back  6 how long it is kept, ms  7 notice as JSON, or ""
-- Returns 1, or 0 if no such answer is held: it has gone, or came back before.
local held = redis.call('HGET', KEYS[1], ARGV[1])
if not held then return 0 end
local h = cjson.decode(held)
if h.i ~= ARGV[2] or h.b.n ~= ARGV[3] then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[2])
redis.call('SET', KEYS[4], ARGV[5] .. '|' .. held, 'PX', ARGV[6])
if ARGV[7] ~= '' then
  redis.call('RPUSH', KEYS[5], ARGV[7])
  redis.call('LTRIM', KEYS[5], -100, -1)
end
redis.call('INCR', KEYS[6])
redis.call('PUBLISH', 'engawa:desk', ARGV[1])
return 1
