-- Counts something once for each act, and never who did it.
--
-- KEYS[1] {board}:counts  HASH   post and what → how often
-- KEYS[2] {board}:act:…   STRING the act, so that it is counted once
-- ARGV[1] post and what  ARGV[2] by how much  ARGV[3] ms that the act is remembered
-- returns the count
if redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[3]) then
  return redis.call('HINCRBY', KEYS[1], ARGV[1], ARGV[2])
end
return tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
