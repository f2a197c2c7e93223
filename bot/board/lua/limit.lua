-- Counts tries and says whether there were too many.
--
-- KEYS[1] {board}:often:…  STRING tries in this stretch of time
-- ARGV[1] how many are allowed  ARGV[2] ms that the stretch lasts
-- returns 1 go on, 0 too often
local n = redis.call('INCR', KEYS[1])
if n == 1 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
if n > tonumber(ARGV[1]) then
  return 0
end
return 1
