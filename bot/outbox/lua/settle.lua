-- Closes an envelope whose fate is known, or refuses the first parcel of a queue:
-- parcels leave the queue, the ledger moves, letters are written and the desk is
-- told, all at once or not at all.
--
-- KEYS[1]  {lane-NN}:lease         STRING
-- KEYS[2]  {lane-NN}:env:<pid>     HASH
-- KEYS[3]  {lane-NN}:q:line:<pid>  LIST
-- KEYS[4]  {lane-NN}:parcel:<pid>  HASH
-- KEYS[5]  {lane-NN}:out:line      ZSET
-- KEYS[6]  {lane-NN}:owed:<pid>    HASH  event → "b:<parcels left>"
-- KEYS[7]  {lane-NN}:ledger        HASH
-- KEYS[8]  {lane-NN}:letters       HASH
-- KEYS[9]  {lane-NN}:q:desk:<pid>  LIST
-- KEYS[10] {lane-NN}:out:desk      ZSET
-- ARGV[1] our lease  ARGV[2] pid  ARGV[3] now, unix ms
-- ARGV[4] envelope id, '' when the first parcel is refused without one
-- ARGV[5] its try
-- ARGV[6] number of verdicts v, then v times four:
--           parcel id, events that it answers (one a line),
--           verdict: accepted | failed | quiet | deleted | again,
--           failed: the letter's JSON without its last brace ('' = no letter);
--           again: the parcel as it stays at the head of the queue
-- then    number of notes to the desk d, then d times two: parcel id, parcel
-- returns {1, parcels still to go}; {0} the envelope is not ours to close
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return {0}
end
local pid, now, env = ARGV[2], ARGV[3], ARGV[4]
local there = redis.call('HMGET', KEYS[2], 'id', 'try', 'alone')
if env ~= '' then
  if there[1] ~= env or there[2] ~= ARGV[5] then
    return {0}
  end
elseif there[1] or redis.call('LINDEX', KEYS[3], 0) ~= ARGV[7] then
  return {0}
end

-- counted moves an event that is owed an answer to another count
local into = {accepted = 'bot', failed = 'failed', quiet = 'quiet', deleted = 'deleted'}
local function counted(event, verdict)
  local owed = redis.call('HGET', KEYS[6], event)
  if not owed or string.sub(owed, 1, 2) ~= 'b:' then
    return 'false'
  end
  local left = tonumber(string.sub(owed, 3)) - 1
  if verdict == 'accepted' and left > 0 then
    redis.call('HSET', KEYS[6], event, 'b:' .. left)
    return 'false'
  end
  redis.call('HDEL', KEYS[6], event)
  redis.call('HINCRBY', KEYS[7], 'pending', -1)
  redis.call('HINCRBY', KEYS[7], into[verdict], 1)
  return 'true'
end

local at = 7
for _ = 1, tonumber(ARGV[6]) do
  local id, event, verdict, more = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  at = at + 4
  if verdict == 'again' then
    redis.call('HSET', KEYS[4], id, more)
  elseif redis.call('LREM', KEYS[3], 1, id) == 1 then
    redis.call('HDEL', KEYS[4], id)
    local moved = 'false'
    for e in string.gmatch(event, '[^\n]+') do -- texts that were read together share one fate
      moved = counted(e, verdict)
    end
    if verdict == 'failed' and more ~= '' then
      redis.call('HSET', KEYS[8], id, more .. ',"counted":' .. moved .. '}')
    end
  end
end
local notes = tonumber(ARGV[at])
for _ = 1, notes do
  redis.call('HSET', KEYS[4], ARGV[at + 1], ARGV[at + 2])
  redis.call('RPUSH', KEYS[9], ARGV[at + 1])
  at = at + 2
end
if notes > 0 then
  redis.call('ZADD', KEYS[10], 'LT', now, pid)
end

redis.call('DEL', KEYS[2])
local alone = tonumber(there[3] or '0')
if alone > 1 then -- the rest of an envelope that LINE refused goes one by one
  redis.call('HSET', KEYS[2], 'alone', alone - 1)
end
local left = redis.call('LLEN', KEYS[3])
if left == 0 then
  redis.call('ZREM', KEYS[5], pid)
else
  redis.call('ZADD', KEYS[5], now, pid)
end
return {1, left}
