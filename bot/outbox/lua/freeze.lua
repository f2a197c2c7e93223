-- Freezes the next envelope to LINE, or picks up the one that lies there. Either
-- way the try is noted before anything is sent: an envelope in the store may have
-- been sent, and its try tells a process that woke up late that it is too late.
--
-- KEYS[1] {lane-NN}:lease         STRING
-- KEYS[2] {lane-NN}:env:<pid>     HASH  id via ids token first try | failed alone
-- KEYS[3] {lane-NN}:q:line:<pid>  LIST  parcel ids
-- KEYS[4] {lane-NN}:parcel:<pid>  HASH  id → parcel
-- KEYS[5] {lane-NN}:token:<pid>   STRING "<unix ms> <sealed>"
-- KEYS[6] {lane-NN}:person:<pid>  HASH  h = what must not be sent any more; x = 消す was said
-- KEYS[7] {lane-NN}:out:line      ZSET  pid → unix ms of the next try
-- ARGV[1] our lease       ARGV[2] pid          ARGV[3] now, unix ms
-- ARGV[4] most message objects of an envelope
-- ARGV[5] ms that a reply token is trusted for
-- ARGV[6] ms after which nothing is sent without being asked again
-- ARGV[7] unix ms before which no push is possible (the month's budget), 0 = all are
-- ARGV[8] 1 if nudges are allowed at this hour; ARGV[9] ms that a nudge may be late by
-- ARGV[10] unix ms before which no nudge is pushed: what is left of the month is kept
--          for people and danger; 0 = nudges too
-- returns {'stolen'} the lease is not ours
--         {'idle'}   nothing is on its way
--         {'wait', unix ms of the first parcel, quota | reserve}   only a push could carry it and none is
--                  possible: it is put off
--         {'gather'} more is on its way that shall leave with it: it is put off a little
--         {'refuse', why, parcel}   the first parcel must not be sent
--         {'open', id, via, try, first, token, failed, parcel…}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return {'stolen'}
end
local pid, now = ARGV[2], tonumber(ARGV[3])
local env = redis.call('HMGET', KEYS[2], 'id', 'via', 'ids', 'token', 'first', 'failed', 'alone')
local failed = env[6] or '0'

if env[1] then
  local out = {'open', env[1], env[2], tostring(redis.call('HINCRBY', KEYS[2], 'try', 1)), env[5], env[4], failed}
  for id in string.gmatch(env[3], '[^\n]+') do
    out[#out + 1] = redis.call('HGET', KEYS[4], id) or ''
  end
  return out
end

-- why says what speaks against sending a parcel now; nil = nothing
local person = redis.call('HMGET', KEYS[6], 'h', 'x')
local held = person[1] or ''
local function why(p)
  if p.f then
    return nil
  elseif person[2] then
    return 'deleted'
  elseif string.find(held, 'b', 1, true) then
    return 'blocked'
  elseif p.c == 'nudge' and string.find(held, 's', 1, true) then
    return 'stopped'
  elseif p.c == 'human' and string.find(held, 'm', 1, true) then
    return 'stopped'
  elseif p.c == 'nudge' and ARGV[8] ~= '1' and now - p.t > tonumber(ARGV[9]) then
    return ARGV[7] == '0' and ARGV[10] == '0' and 'late' or 'reserve'
  elseif now - p.t > tonumber(ARGV[6]) then
    return 'old'
  end
  return nil
end

local most = tonumber(ARGV[4])
local alone = tonumber(env[7] or '0') > 0
local ids, names, blobs, objects, final, anew, oldest, gather = {}, {}, {}, 0, false, false, 0, 0
for _, id in ipairs(redis.call('LRANGE', KEYS[3], 0, most - 1)) do
  local blob = redis.call('HGET', KEYS[4], id)
  if not blob then
    redis.call('LREM', KEYS[3], 1, id) -- deleted on request
  else
    local p = cjson.decode(blob)
    local no, n, again = why(p), p.n or most, (p.r or 0) > 0
    if no and #ids == 0 then
      return {'refuse', no, blob}
    end
    if no or (#ids > 0 and (alone or p.f or again ~= anew or objects + n > most)) then
      break
    end
    ids[#ids + 1], names[#names + 1], blobs[#blobs + 1] = id, id .. '#' .. tostring(p.r or 0), blob
    objects, final, anew = objects + n, p.f, again
    oldest = #ids == 1 and p.t or oldest
    gather = p.w or 0
    if final then
      break
    end
  end
end
if #ids == 0 then
  redis.call('ZREM', KEYS[7], pid)
  redis.call('DEL', KEYS[2])
  return {'idle'}
end

-- spares says that nothing on its way to this person is worth a push of the reserve.
-- Somebody's words behind a nudge are: they leave in order, and together count as one.
local function spares()
  if ARGV[10] == '0' then
    return false
  end
  for _, id in ipairs(redis.call('LRANGE', KEYS[3], 0, -1)) do
    local blob = redis.call('HGET', KEYS[4], id)
    local p = blob and cjson.decode(blob)
    if p and (p.c ~= 'nudge' or (p.r or 0) > 0) then -- sent anew: somebody decided so
      return false
    end
  end
  return true
end

local t = redis.call('GET', KEYS[5])
local at = t and tonumber(string.match(t, '^(%d+) '))
local fresh = at and now - at <= tonumber(ARGV[5])
-- What is followed by more waits for it, unless that would cost a fresh token.
if now < gather and gather - now <= 60000 and not anew and #ids == redis.call('LLEN', KEYS[3]) and objects < most
  and not (fresh and gather - at > tonumber(ARGV[5])) then
  redis.call('ZADD', KEYS[7], 'XX', gather, pid)
  return {'gather'}
end

local via, token = 'push', ''
if final then
  via = 'final'
elseif not anew or ARGV[7] ~= '0' then -- what is sent once more is pushed: a push never leaves us guessing
  if fresh then
    via, token = 'reply', t
    redis.call('DEL', KEYS[5])
  elseif ARGV[7] ~= '0' or spares() then
    redis.call('ZADD', KEYS[7], 'XX', ARGV[7] ~= '0' and ARGV[7] or ARGV[10], pid)
    return {'wait', string.format('%.0f', oldest), ARGV[7] ~= '0' and 'quota' or 'reserve'}
  end
end
local id = redis.sha1hex(pid .. '\n' .. table.concat(names, '\n'))
redis.call('HSET', KEYS[2], 'id', id, 'via', via, 'ids', table.concat(ids, '\n'), 'token', token, 'first', ARGV[3], 'try', 1)
local out = {'open', id, via, '1', ARGV[3], token, failed}
for _, blob in ipairs(blobs) do
  out[#out + 1] = blob
end
return out
