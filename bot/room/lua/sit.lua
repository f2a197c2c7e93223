-- Says whether a browser may still look, and lets its time begin anew.
--
-- KEYS[1] {lane-NN}:seats       HASH  hash of a browser → "<pid> <until> <at the latest>" or "!<why> <until>"
-- KEYS[2] {lane-NN}:room:<pid>  HASH
-- ARGV[1] hash of the browser  ARGV[2] pid  ARGV[3] now, unix ms
-- ARGV[4] ms that a browser may do nothing  ARGV[5] 1 if somebody did something, 0 if it only looks by itself
-- ARGV[6] until when it is told why it is closed, unix ms
-- returns {'ok', n, browsers} or {why}
local seat = redis.call('HGET', KEYS[1], ARGV[1]) or ''
local now = tonumber(ARGV[3])
local why = string.match(seat, '^!(%S+) ')
if why then
  return {why}
end
local pid, till, last = string.match(seat, '^(%S+) (%d+) (%d+)$')
if pid ~= ARGV[2] or redis.call('HEXISTS', KEYS[2], 's:' .. ARGV[1]) == 0 then
  return {'none'}
end
if now > tonumber(till) then
  redis.call('HSET', KEYS[1], ARGV[1], '!idle ' .. ARGV[6])
  redis.call('HDEL', KEYS[2], 's:' .. ARGV[1])
  return {'idle'}
end
if ARGV[5] == '1' then
  local till = math.min(now + tonumber(ARGV[4]), tonumber(last))
  redis.call('HSET', KEYS[1], ARGV[1], pid .. ' ' .. string.format('%.0f', till) .. ' ' .. last)
end
local n = 0
for _, f in ipairs(redis.call('HKEYS', KEYS[2])) do
  if string.sub(f, 1, 2) == 's:' then
    n = n + 1
  end
end
return {'ok', redis.call('HGET', KEYS[2], 'n') or '0', tostring(n)}
