-- Writes one decided move of a task, all of it or nothing.
-- KEYS  1 task HASH (r revision, t JSON)      2 live ZSET (task → unix ms by which it is listed)
--       3 ended ZSET (task → unix ms)         4 SET of the person's tasks
--       5 taken ZSET (id of a note or act → unix ms)
--       6 counts HASH ("kind state" → how many ever came there)
--       7 notices LIST of who takes care of it 8 revision STRING of the desk
-- ARGV  1 task  2 revision that it has now, "0": it must not exist  3 JSON
--       4 unix ms  5 id of the note or act, or ""  6 live score or ""  7 ended score or ""
--       8 field of counts to add to, or ""  9 notice JSON or ""  10 "lose": the person lets go of it
-- Returns "done" (this id was taken before), "stale" (the task has moved on) or "ok".
if ARGV[5] ~= '' and redis.call('ZSCORE', KEYS[5], ARGV[5]) then return 'done' end
if (redis.call('HGET', KEYS[1], 'r') or '0') ~= ARGV[2] then return 'stale' end
if ARGV[5] ~= '' then redis.call('ZADD', KEYS[5], ARGV[4], ARGV[5]) end
redis.call('HSET', KEYS[1], 'r', ARGV[2] + 1, 't', ARGV[3])
local function place(key, score)
  if score ~= '' then redis.call('ZADD', key, score, ARGV[1]) else redis.call('ZREM', key, ARGV[1]) end
end
place(KEYS[2], ARGV[6])
place(KEYS[3], ARGV[7])
if ARGV[10] == 'lose' then redis.call('SREM', KEYS[4], ARGV[1]) else redis.call('SADD', KEYS[4], ARGV[1]) end
if ARGV[8] ~= '' then redis.call('HINCRBY', KEYS[6], ARGV[8], 1) end
if ARGV[9] ~= '' then
  redis.call('RPUSH', KEYS[7], ARGV[9])
  redis.call('LTRIM', KEYS[7], -100, -1)
end
redis.call('INCR', KEYS[8])
redis.call('PUBLISH', 'engawa:desk', '')
return 'ok'
