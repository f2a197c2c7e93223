-- Lets an attempt through if every one of its limits does (generic cell rate algorithm).
-- KEYS  one STRING per limit: the time at which it will be unused again, unix ms
-- ARGV  1 unix ms, then for each key: 2 ms between attempts, 3 how many at once, …
-- Returns 0, or in how many ms to come again; then nothing is counted.
local now = tonumber(ARGV[1])
local next, wait = {}, 0
for i, key in ipairs(KEYS) do
  local every, most = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local at = tonumber(redis.call('GET', key) or '0')
  if at < now then at = now end
  next[i] = at + every
  wait = math.max(wait, next[i] - every * most - now)
end
if wait > 0 then return wait end
for i, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.0f', next[i]), 'PX', string.format('%.0f', next[i] - now))
end
return 0
