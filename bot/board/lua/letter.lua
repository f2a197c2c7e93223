-- Puts a letter on its way, once for each act.
--
-- KEYS[1] {board}:letters  HASH   id → JSON
-- KEYS[2] {board}:act:…    STRING the act, so that it is done once
-- ARGV[1] the letter's id  ARGV[2] the letter  ARGV[3] ms that the act is remembered  ARGV[4] how many may lie there
-- returns 1 it lies there, 0 the act was done before, -1 too many lie there
if redis.call('EXISTS', KEYS[2]) == 1 then
  return 0
end
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4]) then
  return -1
end
redis.call('SET', KEYS[2], '1', 'PX', ARGV[3])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
