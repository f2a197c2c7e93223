-- Writes groups and posts together, if none of them has changed since it was
-- read, and once for each act.
--
-- KEYS[1] {board}:docs     HASH   id → JSON
-- KEYS[2] {board}:moved    ZSET   id → number of the change that wrote it
-- KEYS[3] {board}:version  STRING how many changes there have been
-- KEYS[4] {board}:act:…    STRING the act, so that it is done once
-- ARGV[1] ms that the act is remembered  ARGV[2…] id, change seen (0 = none) and JSON in turn
-- returns the number of the change, 0 the act was done before, -1 somebody was quicker
if redis.call('EXISTS', KEYS[4]) == 1 then
  return 0
end
for i = 2, #ARGV, 3 do
  if tonumber(redis.call('ZSCORE', KEYS[2], ARGV[i]) or '0') ~= tonumber(ARGV[i + 1]) then
    return -1
  end
end
local n = redis.call('INCR', KEYS[3])
for i = 2, #ARGV, 3 do
  redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2])
  redis.call('ZADD', KEYS[2], n, ARGV[i])
end
redis.call('SET', KEYS[4], n, 'PX', ARGV[1])
return n
