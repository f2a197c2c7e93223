-- Makes what is missing: the key of an owner and the secrets of some of its texts.
-- What is there already wins, so two callers end up with the same keys; what was
-- shredded is never made again.
--
-- KEYS[1] {k-NN}:owner:<owner>  HASH   k → wrapped key, t:<text> → secret
-- KEYS[2] {k-NN}:shreds         ZSET   <owner> or <owner>\n<text> → unix ms
-- KEYS[3] {k-NN}:owners         ZSET   <owner> → unix ms of making
-- ARGV[1] owner
-- ARGV[2] wrapped key to use if there is none yet
-- ARGV[3] now, unix ms
-- ARGV[4…] pairs: text id, secret to use if there is none yet
-- returns  {} if the owner was shredded, else {wrapped key, secret or "" (shredded), …}
local owner = ARGV[1]
if redis.call('ZSCORE', KEYS[2], owner) then
  return {}
end
local key = redis.call('HGET', KEYS[1], 'k')
if not key then
  key = ARGV[2]
  redis.call('HSET', KEYS[1], 'k', key)
  redis.call('ZADD', KEYS[3], ARGV[3], owner)
end
local out = {key}
for i = 4, #ARGV, 2 do
  local field = 't:' .. ARGV[i]
  local secret = ''
  if not redis.call('ZSCORE', KEYS[2], owner .. '\n' .. ARGV[i]) then
    secret = redis.call('HGET', KEYS[1], field)
    if not secret then
      secret = ARGV[i + 1]
      redis.call('HSET', KEYS[1], field, secret)
    end
  end
  out[#out + 1] = secret
end
return out
