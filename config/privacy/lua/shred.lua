-- Destroys the key of an owner with everything under it, or the secrets of some of
-- its texts, and writes down that it did, so that they are never made again.
-- Doing it again changes nothing.
--
-- KEYS[1] {k-NN}:owner:<owner>  HASH
-- KEYS[2] {k-NN}:shreds         ZSET
-- KEYS[3] {k-NN}:owners         ZSET
-- KEYS[4] {k-NN}:shredded       STRING counts shreds: what the next AOF rewrite must cover
-- ARGV[1] owner
-- ARGV[2] now, unix ms
-- ARGV[3…] text ids; none = the owner itself
-- returns  how many entries the list gained or keys were destroyed (0 = it was all done before)
local owner, now, changed = ARGV[1], ARGV[2], 0
if #ARGV == 2 then
  changed = redis.call('ZADD', KEYS[2], 'NX', now, owner) + redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[3], owner)
else
  for i = 3, #ARGV do
    changed = changed + redis.call('ZADD', KEYS[2], 'NX', now, owner .. '\n' .. ARGV[i])
                      + redis.call('HDEL', KEYS[1], 't:' .. ARGV[i])
  end
end
if changed > 0 then
  redis.call('INCR', KEYS[4])
end
return changed
