-- Writes one decided move of a case, all of it or nothing.
-- KEYS  1 case HASH (r revision, c JSON)     2 persons HASH (person → last case)
--       3 queue ZSET (case → rank and time)  4 lease ZSET (case → unix ms)
--       5 hands HASH (case → account)        6 load HASH (account → cases that count)
--       7 closed ZSET (case → unix ms)       8 taken ZSET (id of a note or act → unix ms)
--       9 tell STREAM (acts for the lanes)  10 log STREAM of the case
--      11 acts HASH of the case (event → fate of an answer)
--      12 notices LIST of the coordinator   13 revision STRING of the desk
--      14 faded ZSET (case → unix ms of closing)
--      15 held HASH (case → answer that has not left)  16 due ZSET (case → unix ms)
--      17 back STRING of the case (an answer that came back)
--      18 book STREAM of the day            19 notices LIST of a second coordinator
-- ARGV  1 plan as JSON (see plan in store.go)  2 sealed words of an answer, or ""
-- Returns "done" (this id was taken before), "stale" (the case has moved on),
--         "full" (the coordinator has as many as agreed), "held" (an answer goes
--         first), "gone" (the held answer that this is was taken back), or "ok".
local p = cjson.decode(ARGV[1])

if p.id and redis.call('ZSCORE', KEYS[8], p.id) then return 'done' end
local held = redis.call('HGET', KEYS[15], p.case)
if p.sends and not (held and cjson.decode(held).i == p.sends) then return 'gone' end
if p.after and held then return 'held' end
if (redis.call('HGET', KEYS[1], 'r') or '0') ~= p.rev then return 'stale' end
if p.fence and (redis.call('HGET', KEYS[2], p.person) or '') ~= p.was then return 'stale' end
if p.most and tonumber(redis.call('HGET', KEYS[6], p.up) or '0') >= p.most then return 'full' end

redis.call('HSET', KEYS[1], 'r', p.rev + 1, 'c', p.json)
if p.id then redis.call('ZADD', KEYS[8], p.now, p.id) end
if p.point then redis.call('HSET', KEYS[2], p.person, p.point) end
if p.lose and redis.call('HGET', KEYS[2], p.person) == p.case then redis.call('HDEL', KEYS[2], p.person) end

local function place(key, score)
  if score then redis.call('ZADD', key, score, p.case) else redis.call('ZREM', key, p.case) end
end
place(KEYS[3], p.queue)
place(KEYS[4], p.lease)
place(KEYS[7], p.closed)
place(KEYS[14], p.faded)
if p.holder then redis.call('HSET', KEYS[5], p.case, p.holder) else redis.call('HDEL', KEYS[5], p.case) end
if p.up then redis.call('HINCRBY', KEYS[6], p.up, 1) end
if p.down and redis.call('HINCRBY', KEYS[6], p.down, -1) <= 0 then redis.call('HDEL', KEYS[6], p.down) end

if p.sends or p.lose then
  redis.call('HDEL', KEYS[15], p.case)
  redis.call('ZREM', KEYS[16], p.case)
end

-- Who deletes everything is not answered any more: what was on its way is refused.
if p.lose then
  redis.call('DEL', KEYS[17])
  for _, event in ipairs(redis.call('HKEYS', KEYS[11])) do
    local fate = redis.call('HGET', KEYS[11], event)
    if string.sub(fate, 1, 8) == 'pending|' then
      redis.call('HSET', KEYS[11], event, 'refused' .. string.sub(fate, 8) .. 'forgotten')
    end
  end
end

for _, t in ipairs(p.tells or {}) do
  local ahead = 0
  if t.place then ahead = redis.call('ZRANK', KEYS[3], p.case) or 0 end
  redis.call('XADD', KEYS[9], '*', 'p', t.person, 'e', t.event, 't', p.now, 'a', t.act, 'n', ahead, 'w', ARGV[2])
  if t.fate then redis.call('HSET', KEYS[11], t.event, t.fate) end
end
if p.log then
  redis.call('XADD', KEYS[10], '*', 't', p.now, 'd', p.log.d, 'b', p.log.b, 'y', p.log.y)
  if p.log.b ~= '' then
    redis.call('XADD', KEYS[18], '*', 't', p.now, 'b', p.log.b, 'd', p.log.d, 'o', p.case, 'h', '')
    redis.call('PEXPIREAT', KEYS[18], p.ends)
  end
end
local function hear(key, notice)
  if not notice then return end
  redis.call('RPUSH', key, notice)
  redis.call('LTRIM', key, -100, -1)
end
hear(KEYS[12], p.notice)
hear(KEYS[19], p.also)
redis.call('INCR', KEYS[13])
redis.call('PUBLISH', 'engawa:desk', p.case)
return 'ok'
