-- Puts an owner's key into a new wrapping, unless somebody was faster.
--
-- KEYS[1] {k-NN}:owner:<owner>  HASH
-- ARGV[1] the wrapped key as it was read
-- ARGV[2] the same key, wrapped anew
-- returns  1 done, 0 it had changed or gone meanwhile
if redis.call('HGET', KEYS[1], 'k') ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'k', ARGV[2])
return 1
