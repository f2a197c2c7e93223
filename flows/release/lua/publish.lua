-- Puts a release in force, if nobody has moved the pointer meanwhile.
--
-- KEYS[1] {release}:now      STRING hash of the release in force
-- KEYS[2] {release}:bundles  HASH   hash → files
-- KEYS[3] {release}:order    ZSET   hash → unix ms when it was last put in force
-- KEYS[4] {release}:recalled HASH   hash → who and when
-- KEYS[5] {release}:log      STREAM what was done
-- ARGV[1] hash  ARGV[2] files  ARGV[3] unix ms  ARGV[4] log entry
-- ARGV[5] hash that the publisher has seen in force, "" = none
-- returns 1 done, 0 somebody else was quicker, -1 this release was recalled
local now = redis.call('GET', KEYS[1]) or ''
if now ~= ARGV[5] then
  return 0
end
if redis.call('HEXISTS', KEYS[4], ARGV[1]) == 1 then
  return -1
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[3], ARGV[3], ARGV[1])
redis.call('SET', KEYS[1], ARGV[1])
redis.call('XADD', KEYS[5], '*', 'e', ARGV[4])
return 1
