-- The commit of a turn: everything that the turn decided, at once, or nothing. It
-- is the only script that writes for several packages.
--
-- KEYS[1]  {lane-NN}:lease        STRING  dialogue may write only under its own
-- KEYS[2]  {lane-NN}:in           STREAM  what is finished is deleted here
-- KEYS[3]  {lane-NN}:seen         ZSET    event id, or "unsend:<message id>" → unix ms
-- KEYS[4]  {lane-NN}:ledger       HASH    counts
-- KEYS[5]  {lane-NN}:journal      STREAM
-- KEYS[6]  {lane-NN}:due          ZSET    timer → unix ms
-- KEYS[7]  {lane-NN}:people       ZSET    pid → unix ms of the last event
-- KEYS[8]  {lane-NN}:letters      HASH    id → what could not be read
-- KEYS[9]  {lane-NN}:who:<blind>  STRING  pid
-- KEYS[10] {lane-NN}:person:<pid> HASH    fields of package people
-- KEYS[11] {lane-NN}:words:<pid>  HASH    text id → sealed
-- KEYS[12] {lane-NN}:timer:<pid>  HASH    key → timer
-- KEYS[13] {lane-NN}:owed:<pid>   HASH    event → "b:<parcels to LINE>" or "h:<unix ms>"
-- KEYS[14] {lane-NN}:parcel:<pid> HASH    id → parcel
-- KEYS[15] {lane-NN}:token:<pid>  STRING  freshest reply token
-- KEYS[16…21] {lane-NN}:q:line|desk|alarm|keys|board|read:<pid>  LIST  parcel ids
-- KEYS[22…27] {lane-NN}:out:line|desk|alarm|keys|board|read      ZSET  pid → unix ms of the next try
-- KEYS[28] {lane-NN}:kept         HASH    "<post> <pid>" → "1": who wants to hear of a change
-- KEYS[29] {lane-NN}:room:<pid>    HASH    the person's room, see package room
-- KEYS[30] {lane-NN}:links         HASH    hash of a link → "<pid> <unix ms>"
-- KEYS[31] {lane-NN}:seats         HASH    hash of a browser → "<pid> <unix ms> <unix ms>" or "!<why> <unix ms>"
-- KEYS[32] {lane-NN}:signs         HASH    "<month> <sign>" → how often, of everybody
-- ARGV[1] our lease
-- ARGV[2] now, unix ms
-- ARGV[3] the plan, JSON (type plan in commit.go); numbers named "i" point into ARGV
-- ARGV[4…] sealed bytes
-- returns  'ok'; 'stolen': the lease is not ours; 'seen': an event was finished
--          before; 'changed': the person is not as the turn found them.
--          Only 'ok' has written anything.
local lease, now, plan = ARGV[1], ARGV[2], cjson.decode(ARGV[3])
local IN, SEEN, LEDGER, DUE, WHO, PERSON, WORDS, TIMER, OWED, PARCEL, TOKEN =
  KEYS[2], KEYS[3], KEYS[4], KEYS[6], KEYS[9], KEYS[10], KEYS[11], KEYS[12], KEYS[13], KEYS[14], KEYS[15]
local pid = plan.pid

if redis.call('GET', KEYS[1]) ~= lease then
  return 'stolen'
end
for _, e in ipairs(plan.events or {}) do
  if redis.call('ZSCORE', SEEN, e.id) then
    return 'seen'
  end
end
if plan.mode == 'new' and (redis.call('GET', WHO) or '') ~= plan.was then
  return 'changed'
end
if plan.mode == 'here' and (redis.call('GET', WHO) ~= pid or redis.call('HEXISTS', PERSON, 'x') == 1) then
  return 'changed'
end

local function count(name, n)
  redis.call('HINCRBY', LEDGER, name, n)
end

-- settle moves what waits for a human to read it, where which(unix ms, event) says so
local function settle(into, which)
  local all, n = redis.call('HGETALL', OWED), 0
  for i = 1, #all, 2 do
    if string.sub(all[i + 1], 1, 2) == 'h:' and which(tonumber(string.sub(all[i + 1], 3)), all[i]) then
      redis.call('HDEL', OWED, all[i])
      n = n + 1
    end
  end
  if n > 0 then
    count('pending', -n)
    count(into, n)
  end
end

-- the events: done, seen, counted
for _, e in ipairs(plan.events or {}) do
  redis.call('XDEL', IN, e.sid)
  redis.call('ZADD', SEEN, now, e.id)
  if e.as then
    count('received', 1)
    if e.as == 'owed' then
      redis.call('HSET', OWED, e.id, e.owed)
      count('pending', 1)
    else
      count(e.as, 1)
    end
  end
end
local dups = 0
for _, sid in ipairs(plan.dups or {}) do
  dups = dups + redis.call('XDEL', IN, sid)
end
if dups > 0 then
  count('duplicates', dups)
end
for _, id in ipairs(plan.tombs or {}) do
  redis.call('ZADD', SEEN, now, id)
end

-- the person
if plan.mode == 'new' then
  redis.call('SET', WHO, pid)
end
for _, f in ipairs(plan.set or {}) do
  redis.call('HSET', PERSON, f.f, ARGV[f.i])
end
for _, f in ipairs(plan.del or {}) do
  redis.call('HDEL', PERSON, f)
end
if plan.last then
  redis.call('ZADD', KEYS[7], plan.last, pid)
end
for _, w in ipairs(plan.words or {}) do
  redis.call('HSET', WORDS, w.f, ARGV[w.i])
end
if plan.token then
  redis.call('SET', TOKEN, ARGV[plan.token.i], 'PX', plan.token.px)
end

-- timers, in the order of the effects
local function cancel(key)
  local member = redis.call('HGET', TIMER, key)
  if member then
    redis.call('ZREM', DUE, member)
    redis.call('HDEL', TIMER, key)
  end
end
for _, t in ipairs(plan.timers or {}) do
  if not t.i then
    for _, key in ipairs(t.key == '*' and redis.call('HKEYS', TIMER) or {t.key}) do
      cancel(key)
    end
  else
    cancel(t.key)
    redis.call('HSET', TIMER, t.key, ARGV[t.i])
    redis.call('ZADD', DUE, t.at, ARGV[t.i])
  end
end

-- the parcels
local place = {line = 0, desk = 1, alarm = 2, keys = 3, board = 4, read = 5}
for _, p in ipairs(plan.parcels or {}) do
  redis.call('HSET', PARCEL, p.id, ARGV[p.i])
  redis.call('RPUSH', KEYS[16 + place[p.to]], p.id)
  redis.call('ZADD', KEYS[22 + place[p.to]], 'LT', now, pid)
end

-- what humans have read, what nobody needs to read any more, what was taken back
if plan.read then
  local upTo = tonumber(plan.read)
  settle('human', function(ms) return ms <= upTo end)
end
if plan.left then
  settle(plan.left, function() return true end)
end
if plan.unowed then
  local gone = {}
  for _, id in ipairs(plan.unowed) do
    gone[id] = true
  end
  settle('deleted', function(_, id) return gone[id] end)
end

if plan.leave then -- 消す: from here on nobody is behind the pseudonym
  if redis.call('GET', WHO) == pid then
    redis.call('DEL', WHO)
  end
  redis.call('HSET', PERSON, 'x', now)
  redis.call('DEL', TOKEN)
end

-- the room: what a page shows has changed, pages close, a new link ends the old one
local ROOM = KEYS[29]
local room = plan.room
if room and room.close then
  for _, f in ipairs(redis.call('HKEYS', ROOM)) do
    if string.sub(f, 1, 2) == 's:' then
      redis.call('HSET', KEYS[31], string.sub(f, 3), '!' .. room.close .. ' ' .. room.told)
      redis.call('HDEL', ROOM, f)
    end
  end
  redis.call('HDEL', ROOM, 'link')
end
if room and room.link then
  redis.call('HSET', KEYS[30], room.link, pid .. ' ' .. room['until'])
  redis.call('HSET', ROOM, 'link', room.link)
end
if (room or plan.words or plan.unowed) and (room or redis.call('EXISTS', ROOM) == 1) then
  local n = redis.call('HINCRBY', ROOM, 'n', 1)
  if room and room.human then
    redis.call('HSET', ROOM, 'h', n)
  end
end
if plan.leave then
  redis.call('DEL', ROOM)
end

for _, post in ipairs(plan.keep or {}) do
  redis.call('HSET', KEYS[28], post .. ' ' .. pid, '1')
end
for _, post in ipairs(plan.unkeep or {}) do
  redis.call('HDEL', KEYS[28], post .. ' ' .. pid)
end

for _, sign in ipairs(plan.signs or {}) do
  redis.call('HINCRBY', KEYS[32], sign, 1)
end
for _, d in ipairs(plan.dead or {}) do
  redis.call('HSET', KEYS[8], d.f, ARGV[d.i])
end
if plan.journal then
  redis.call('XADD', KEYS[5], '*', 'j', ARGV[plan.journal])
end
return 'ok'
