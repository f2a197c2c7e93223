-- Writes down how a call went. One that failed is tried again a little later.
-- KEYS  1 alarm HASH  2 revision STRING of the desk
-- ARGV  1 way  2 step  3 unix ms  4 1 if it went out  5 ms until the next try if not
--       6 whom it reached, by comma
-- Returns 1, or 0 if there is no such alarm any more.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local ok = ARGV[4] == '1'
if ok then
  redis.call('HSET', KEYS[1], 'done:' .. ARGV[1], ARGV[2])
  redis.call('HDEL', KEYS[1], 'busy:' .. ARGV[1])
else
  redis.call('HSET', KEYS[1], 'busy:' .. ARGV[1], ARGV[3] + ARGV[5])
end
local had = redis.call('HGET', KEYS[1], 'calls') or ''
-- A way that fails all night must not crowd out the first calls nor the last.
if #had > 4000 then
  had = string.sub(had, 1, string.find(had, ' ', 1000, true)) .. string.sub(had, string.find(had, ' ', 2000, true) + 1)
end
redis.call('HSET', KEYS[1], 'calls', had .. ARGV[3] .. '|' .. ARGV[1] .. '|' .. ARGV[2] .. '|' .. ARGV[4] .. '|' .. ARGV[6] .. ' ')
redis.call('INCR', KEYS[2])
return 1
