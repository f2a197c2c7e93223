-- Lets browsers out: one, or all others.
--
-- KEYS[1] {lane-NN}:seats       HASH
-- KEYS[2] {lane-NN}:room:<pid>  HASH
-- ARGV[1] hash of the browser  ARGV[2] 'me' or 'others'
-- ARGV[3] why  ARGV[4] until when it is told, unix ms
-- returns how many
local n = 0
for _, f in ipairs(redis.call('HKEYS', KEYS[2])) do
  if string.sub(f, 1, 2) == 's:' and (f == 's:' .. ARGV[1]) == (ARGV[2] == 'me') then
    redis.call('HDEL', KEYS[2], f)
    redis.call('HSET', KEYS[1], string.sub(f, 3), '!' .. ARGV[3] .. ' ' .. ARGV[4])
    n = n + 1
  end
end
if ARGV[2] == 'me' then
  redis.call('HDEL', KEYS[2], 'here')
end
return n
