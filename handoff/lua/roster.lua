-- Puts another week for somebody in force, unless somebody has changed it meanwhile.
-- KEYS  1 rosters HASH (account → JSON)  2 revisions HASH (account → number)
--       3 revision STRING of the desk
-- ARGV  1 account  2 revision that was looked at  3 the roster, as JSON; "" = as the house
-- Returns 1, or 0 if it is another by now.
local rev = redis.call('HGET', KEYS[2], ARGV[1]) or '0'
if rev ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], rev + 1)
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
redis.call('INCR', KEYS[3])
redis.call('PUBLISH', 'engawa:desk', '')
return 1
