-- Gives the relay's place back at once when a process ends.
-- KEYS  1 relay STRING   ARGV  1 random value of this process
-- Returns 1 if it was ours.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
