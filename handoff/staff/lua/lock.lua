-- Locks an account, or unlocks it. A new epoch ends every session of the old one at once.
-- The last administrator is locked by the command line alone: two who lock each
-- other at the same moment are decided here, one after the other.
-- KEYS  1 account HASH  then the account HASHes of all others
--       last: book STREAM of the day
-- ARGV  1 "1" to lock, "0" to unlock  2-7 the book's line
--       8 "1" if one administrator must stay
-- Returns 1, also if it was so already; 0 if there is no such account; -1 if it is
-- the last administrator.
local function administers(key)
  local got = redis.call('HMGET', key, 'roles', 'off')
  return got[2] ~= '1' and string.find(' ' .. (got[1] or '') .. ' ', ' administrator ', 1, true)
end
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if redis.call('HGET', KEYS[1], 'off') == ARGV[1] then return 1 end
if ARGV[8] == '1' and ARGV[1] == '1' and administers(KEYS[1]) then
  local left = false
  for i = 2, #KEYS - 1 do left = left or administers(KEYS[i]) end
  if not left then return -1 end
end
redis.call('HSET', KEYS[1], 'off', ARGV[1])
redis.call('HINCRBY', KEYS[1], 'rev', 1)
redis.call('HINCRBY', KEYS[1], 'epoch', 1)
redis.call('XADD', KEYS[#KEYS], '*', 't', ARGV[3], 'b', ARGV[4], 'd', ARGV[5], 'o', ARGV[6], 'h', ARGV[7])
redis.call('PEXPIREAT', KEYS[#KEYS], ARGV[2])
return 1
