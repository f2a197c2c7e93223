-- Keeps, changes or lets go of one text, unless somebody has changed it meanwhile.
-- KEYS  1 texts HASH (id → JSON with its revision r)
-- ARGV  1 id  2 revision that was looked at; 0 = there was none  3 JSON, or "" to let go
--       4 how many texts there may be
-- Returns "ok" (also if it is like that already), "other" or "full".
local is = redis.call('HGET', KEYS[1], ARGV[1])
local rev = is and cjson.decode(is).r or 0
if ARGV[3] == '' then
  if is and rev ~= tonumber(ARGV[2]) then return 'other' end
  redis.call('HDEL', KEYS[1], ARGV[1])
  return 'ok'
end
if rev ~= tonumber(ARGV[2]) then
  if not is then return 'other' end
  local new, now = cjson.decode(ARGV[3]), cjson.decode(is)
  if rev == new.r and now.w == new.w and now.t == new.t then return 'ok' end
  return 'other'
end
if not is and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4]) then return 'full' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 'ok'
