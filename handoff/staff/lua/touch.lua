-- Keeps a session alive, if it is still there.
-- KEYS  1 session HASH   ARGV  1 unix ms  2 ms it may be idle from here on
-- Returns 1, or 0 if it has ended.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'seen', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
