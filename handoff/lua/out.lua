-- Writes down until when a coordinator is out, or that they are back.
-- KEYS  1 out HASH (account → unix ms)  2 revision STRING of the desk
-- ARGV  1 account  2 unix ms, or 0 for being back
-- Returns 1, or 0 if it was so already.
if ARGV[2] == '0' then
  if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
else
  if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then return 0 end
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
end
redis.call('INCR', KEYS[2])
redis.call('PUBLISH', 'engawa:desk', '')
return 1
