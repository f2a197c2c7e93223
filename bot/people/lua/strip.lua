-- Cuts the words off texts whose key is gone; that there was something, and when,
-- stays. Again changes nothing.
--
-- KEYS[1] {lane-NN}:words:<pid>  HASH  text id → two bytes length, head, words
-- ARGV[1…] text ids
-- returns  how many had words
local n = 0
for _, id in ipairs(ARGV) do
  local v = redis.call('HGET', KEYS[1], id)
  if v and #v > 2 then
    local stays = 2 + string.byte(v, 1) * 256 + string.byte(v, 2)
    if #v > stays then
      redis.call('HSET', KEYS[1], id, string.sub(v, 1, stays))
      n = n + 1
    end
  end
end
return n
