-- Binds a browser by a link: once, or again by the very browser that did it.
--
-- KEYS[1] {lane-NN}:links       HASH  hash of a link → "<pid> <unix ms>"
-- KEYS[2] {lane-NN}:room:<pid>  HASH
-- KEYS[3] {lane-NN}:seats       HASH  hash of a browser → "<pid> <until> <at the latest>" or "!<why> <until>"
-- ARGV[1] hash of the link  ARGV[2] hash of the browser  ARGV[3] pid
-- ARGV[4] now  ARGV[5] until  ARGV[6] at the latest, unix ms
-- ARGV[7] most browsers of a room  ARGV[8] until when a browser that has to go is told why, unix ms
-- returns 1 bound, 0 the link opens nothing
local pid, now = ARGV[3], tonumber(ARGV[4])
local link = redis.call('HGET', KEYS[1], ARGV[1])
local of, till = string.match(link or '', '^(%S+) (%d+)$')
if of ~= pid then
  return 0
end
local seat = redis.call('HGET', KEYS[3], ARGV[2]) or ''
local sits = redis.call('HEXISTS', KEYS[2], 's:' .. ARGV[2]) == 1 and string.match(seat, '^(%S+) ') == pid
if redis.call('HGET', KEYS[2], 'link') ~= ARGV[1] or tonumber(till) < now then
  return sits and 1 or 0 -- a second tap, or one who comes back
end
redis.call('HDEL', KEYS[2], 'link')
redis.call('HSET', KEYS[2], 's:' .. ARGV[2], ARGV[4])
redis.call('HSET', KEYS[3], ARGV[2], pid .. ' ' .. ARGV[5] .. ' ' .. ARGV[6])
local all, oldest, first = redis.call('HGETALL', KEYS[2]), nil, nil
local n = 0
for i = 1, #all, 2 do
  if string.sub(all[i], 1, 2) == 's:' then
    n = n + 1
    local at = tonumber(all[i + 1])
    if all[i] ~= 's:' .. ARGV[2] and (not first or at < first) then
      oldest, first = all[i], at
    end
  end
end
if n > tonumber(ARGV[7]) and oldest then
  redis.call('HDEL', KEYS[2], oldest)
  redis.call('HSET', KEYS[3], string.sub(oldest, 3), '!others ' .. ARGV[8])
end
return 1
