-- Keeps one staff note on a task, once.
-- KEYS  1 task HASH  2 notes HASH of the task (act → JSON, text sealed)  3 revision STRING of the desk
-- ARGV  1 act  2 note as JSON
-- Returns 1; 0 if this act is there already; -1 if there is no such task.
if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
if redis.call('HSETNX', KEYS[2], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('INCR', KEYS[3])
redis.call('PUBLISH', 'engawa:desk', '')
return 1
