-- Changes what an account may do and is called, if nobody has changed it meanwhile.
-- An alias that was left stays taken: the log and old talks speak of it.
-- KEYS  1 account HASH  2 aliases HASH (alias → name)  3 book STREAM of the day
-- ARGV  1 revision that was looked at  2 name  3 alias  4 roles  5 cases at a time
--       6-11 the book's line
-- Returns "ok", "none" (no such account), "stale" or "taken" (the alias).
local rev = redis.call('HGET', KEYS[1], 'rev') or '0'
if redis.call('EXISTS', KEYS[1]) == 0 then return 'none' end
if rev ~= ARGV[1] then return 'stale' end
local whose = redis.call('HGET', KEYS[2], ARGV[3])
if whose and whose ~= ARGV[2] then return 'taken' end
redis.call('HSET', KEYS[1], 'alias', ARGV[3], 'roles', ARGV[4], 'most', ARGV[5])
redis.call('HINCRBY', KEYS[1], 'rev', 1)
redis.call('HSET', KEYS[2], ARGV[3], ARGV[2])
redis.call('XADD', KEYS[#KEYS], '*', 't', ARGV[7], 'b', ARGV[8], 'd', ARGV[9], 'o', ARGV[10], 'h', ARGV[11])
redis.call('PEXPIREAT', KEYS[#KEYS], ARGV[6])
return 'ok'
