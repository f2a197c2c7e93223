-- Puts other hours in force, unless somebody has changed them meanwhile.
-- KEYS  1 hours HASH  2 revision STRING of the desk
-- ARGV  1 revision that was looked at  2 the hours, as JSON
-- Returns 1, or 0 if they are others by now.
local rev = redis.call('HGET', KEYS[1], 'rev') or '0'
if rev ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'rev', rev + 1, 'is', ARGV[2])
redis.call('INCR', KEYS[2])
redis.call('PUBLISH', 'engawa:desk', '')
return 1
