-- Writes down that a supervisor opens the sealed LINE id of a case, once per act.
-- KEYS  1 case HASH (r revision)  2 taken ZSET (id of a note or act → unix ms)
--       3 log STREAM of the case  4 revision STRING of the desk
--       5 book STREAM of the day
-- ARGV  1 id of the act  2 revision that the case has  3 unix ms  4 account
--       5 name of the seal  6 sealed reason  7 case  8 unix ms of the book's end
-- Returns "ok", "done" (this act was taken before) or "stale" (the case has moved on).
if redis.call('ZSCORE', KEYS[2], ARGV[1]) then return 'done' end
if redis.call('HGET', KEYS[1], 'r') ~= ARGV[2] then return 'stale' end
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
redis.call('XADD', KEYS[3], '*', 't', ARGV[3], 'd', 'identify', 'b', ARGV[4], 'y', '', 'n', ARGV[5], 's', ARGV[6])
redis.call('XADD', KEYS[5], '*', 't', ARGV[3], 'b', ARGV[4], 'd', 'identify', 'o', ARGV[7], 'h', '')
redis.call('PEXPIREAT', KEYS[5], ARGV[8])
redis.call('INCR', KEYS[4])
redis.call('PUBLISH', 'engawa:desk', ARGV[7])
return 'ok'
