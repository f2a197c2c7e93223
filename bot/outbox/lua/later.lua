-- Puts off the next try to LINE. An envelope that was certainly not accepted is
-- taken apart, so that its parcels ride on the next reply token; one that may have
-- been accepted stays as it is.
--
-- KEYS[1] {lane-NN}:lease        STRING
-- KEYS[2] {lane-NN}:env:<pid>    HASH
-- KEYS[3] {lane-NN}:out:line     ZSET
-- KEYS[4] {lane-NN}:token:<pid>  STRING
-- ARGV[1] our lease  ARGV[2] pid  ARGV[3] now, unix ms
-- ARGV[4] envelope id, '' = there is none: the first parcel could not be opened
-- ARGV[5] its try
-- ARGV[6] unix ms of the next try
-- ARGV[7] keep | apart
-- ARGV[8] the reply token to give back, '' = it is worth nothing any more
-- ARGV[9] ms that a reply token is trusted for
-- ARGV[10] send so many parcels one by one from now on, 0 = as many as fit
-- returns  1 done, 0 the envelope is not ours any more
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
local there = redis.call('HMGET', KEYS[2], 'id', 'try')
if (there[1] or '') ~= ARGV[4] or (ARGV[4] ~= '' and there[2] ~= ARGV[5]) then
  return 0
end
local pid, now, due = ARGV[2], tonumber(ARGV[3]), ARGV[6]

local fresh = redis.call('GET', KEYS[4]) -- came in while we were busy: use it now
local at = fresh and tonumber(string.match(fresh, '^(%d+) '))
if at and now - at <= tonumber(ARGV[9]) then
  due = ARGV[7] == 'apart' and ARGV[3] or math.min(tonumber(due), now + 2000)
end
if ARGV[7] == 'apart' and ARGV[4] ~= '' then
  redis.call('HDEL', KEYS[2], 'id', 'via', 'ids', 'token', 'first', 'try')
  redis.call('HINCRBY', KEYS[2], 'failed', 1)
  if ARGV[10] ~= '0' then
    redis.call('HSET', KEYS[2], 'alone', ARGV[10])
  end
  if ARGV[8] ~= '' and not fresh then
    local left = tonumber(string.match(ARGV[8], '^(%d+) ')) + 1200000 - now
    if left > 0 then
      redis.call('SET', KEYS[4], ARGV[8], 'PX', left)
    end
  end
end
redis.call('ZADD', KEYS[3], 'XX', due, pid)
return 1
