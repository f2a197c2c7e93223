-- Takes or keeps the one place among all processes that carries acts to the lanes.
-- KEYS  1 relay STRING   ARGV  1 random value of this process  2 ms to keep it
-- Returns 1 if it is ours.
local has = redis.call('GET', KEYS[1])
if not has then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 1
end
if has ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
