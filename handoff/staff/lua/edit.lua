-- Changes what an account may do and is called, if nobody has changed it meanwhile.
-- An alias that was left stays taken: the log and old talks speak of it.
-- The last administrator stays one: two who take it from each other at the same
-- moment are decided here, one after the other.
-- KEYS  1 account HASH  2 aliases HASH (alias → name)  then, for such a change, the
--       account HASHes of all others  last: book STREAM of the day
-- ARGV  1 revision that was looked at  2 name  3 alias  4 roles  5 cases at a time
--       6-11 the book's line  12 "1" if one administrator must stay
-- Returns "ok", "none" (no such account), "stale", "taken" (the alias) or "last".
local function administers(key)
  local got = redis.call('HMGET', key, 'roles', 'off')
  return got[2] ~= '1' and string.find(' ' .. (got[1] or '') .. ' ', ' administrator ', 1, true)
end
local rev = redis.call('HGET', KEYS[1], 'rev') or '0'
if redis.call('EXISTS', KEYS[1]) == 0 then return 'none' end
if rev ~= ARGV[1] then return 'stale' end
local whose = redis.call('HGET', KEYS[2], ARGV[3])
if whose and whose ~= ARGV[2] then return 'taken' end
if ARGV[12] == '1' and administers(KEYS[1]) and not string.find(' ' .. ARGV[4] .. ' ', ' administrator ', 1, true) then
  local left = false
  for i = 3, #KEYS - 1 do left = left or administers(KEYS[i]) end
  if not left then return 'last' end
end
redis.call('HSET', KEYS[1], 'alias', ARGV[3], 'roles', ARGV[4], 'most', ARGV[5])
redis.call('HINCRBY', KEYS[1], 'rev', 1)
redis.call('HSET', KEYS[2], ARGV[3], ARGV[2])
redis.call('XADD', KEYS[#KEYS], '*', 't', ARGV[7], 'b', ARGV[8], 'd', ARGV[9], 'o', ARGV[10], 'h', ARGV[11])
redis.call('PEXPIREAT', KEYS[#KEYS], ARGV[6])
return 'ok'
