-- Decides what the door answers to the marked event of a trial of redelivery.
--
-- KEYS[1] {watch}:trial   HASH    mark, event (the one refused), at (unix ms)
-- KEYS[2] {watch}:proved  STRING  unix ms of the last redelivery that came
-- ARGV[1] the mark that the event carries
-- ARGV[2] the event's id
-- ARGV[3] "1" if LINE says that it brings the event again
-- ARGV[4] now, unix ms
-- returns  "refuse" the first time, "proved" when it came again, else "take"
if redis.call('HGET', KEYS[1], 'mark') ~= ARGV[1] then
  return 'take'
end
local refused = redis.call('HGET', KEYS[1], 'event')
if not refused then
  redis.call('HSET', KEYS[1], 'event', ARGV[2], 'at', ARGV[4])
  return 'refuse'
end
if refused == ARGV[2] and ARGV[3] == '1' then
  redis.call('SET', KEYS[2], ARGV[4])
  redis.call('HSET', KEYS[1], 'proved', ARGV[4])
  return 'proved'
end
return 'take'
