-- Lays what somebody put right in the console over the release in force, if neither
-- the release nor anything else that lies there has changed meanwhile.
--
-- KEYS[1] {release}:now      STRING hash of the release in force
-- KEYS[2] {release}:overlay  HASH   file → what lies over it (JSON)
-- KEYS[3] {release}:overlaid STRING how many changes there have been
-- KEYS[4] {release}:log      STREAM what was done
-- ARGV[1] hash seen in force, "" = none  ARGV[2] changes seen  ARGV[3] number of files
-- ARGV[4…] file and JSON in turn ("" = nothing lies there any more), then log entries
-- returns 1 done, 0 something has changed meanwhile
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then
  return 0
end
if (redis.call('GET', KEYS[3]) or '0') ~= ARGV[2] then
  return 0
end
local last = 3 + 2 * tonumber(ARGV[3])
for i = 4, last, 2 do
  if ARGV[i + 1] == '' then
    redis.call('HDEL', KEYS[2], ARGV[i])
  else
    redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1])
  end
end
redis.call('INCR', KEYS[3])
for i = last + 1, #ARGV do
  redis.call('XADD', KEYS[4], '*', 'e', ARGV[i])
end
return 1
