-- Puts a release in force, if nobody has moved the pointer meanwhile. What lies over
-- the release before is kept as it was, for the day of a recall; of it stays what the
-- new one does not say itself.
--
-- KEYS[1] {release}:now      STRING hash of the release in force
-- KEYS[2] {release}:bundles  HASH   hash → files
-- KEYS[3] {release}:order    ZSET   hash → unix ms when it was last put in force
-- KEYS[4] {release}:recalled HASH   hash → who and when
-- KEYS[5] {release}:log      STREAM what was done
-- KEYS[6] {release}:overlay  HASH   file → what lies over it (JSON)
-- KEYS[7] {release}:overlaid STRING how many changes there have been
-- KEYS[8] {release}:under    HASH   hash → what lay over it when it was replaced (JSON)
-- ARGV[1] hash  ARGV[2] files  ARGV[3] unix ms  ARGV[4] log entry
-- ARGV[5] hash that the publisher has seen in force, "" = none
-- ARGV[6] changes seen  ARGV[7] all that lies there (JSON)
-- ARGV[8…] file and JSON in turn: what stays
-- returns 1 done, 0 somebody else was quicker, -1 this release was recalled
local now = redis.call('GET', KEYS[1]) or ''
if now ~= ARGV[5] or (redis.call('GET', KEYS[7]) or '0') ~= ARGV[6] then
  return 0
end
if redis.call('HEXISTS', KEYS[4], ARGV[1]) == 1 then
  return -1
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[3], ARGV[3], ARGV[1])
redis.call('SET', KEYS[1], ARGV[1])
redis.call('XADD', KEYS[5], '*', 'e', ARGV[4])
if now ~= '' and now ~= ARGV[1] then
  redis.call('HSET', KEYS[8], now, ARGV[7])
end
redis.call('DEL', KEYS[6])
for i = 8, #ARGV, 2 do
  redis.call('HSET', KEYS[6], ARGV[i], ARGV[i + 1])
end
redis.call('INCR', KEYS[7])
return 1
