-- Switches a browser on for an account, or changes how it rings.
-- KEYS  1 browsers HASH (browser → account, a space, the rest sealed)
-- ARGV  1 browser  2 account  3 the rest, sealed  4 how many an account may have
-- Returns 1, or 0 if the account has as many others.
local own = 0
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local at = string.find(all[i + 1], ' ', 1, true)
  if all[i] ~= ARGV[1] and string.sub(all[i + 1], 1, at - 1) == ARGV[2] then own = own + 1 end
end
if own >= tonumber(ARGV[4]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3])
return 1
