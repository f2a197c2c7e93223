-- Keeps one staff note, once.
-- KEYS  1 notes HASH of the case (act → JSON, text sealed)  2 log STREAM of the case
--       3 revision STRING of the desk  4 book STREAM of the day
-- ARGV  1 act  2 note as JSON  3 unix ms  4 account  5 case  6 unix ms of the book's end
--       7 note or whisper, for the log
-- Returns 1, or 0 if this act is there already.
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('XADD', KEYS[2], '*', 't', ARGV[3], 'd', ARGV[7], 'b', ARGV[4], 'y', '')
redis.call('XADD', KEYS[4], '*', 't', ARGV[3], 'b', ARGV[4], 'd', ARGV[7], 'o', ARGV[5], 'h', '')
redis.call('PEXPIREAT', KEYS[4], ARGV[6])
redis.call('INCR', KEYS[3])
redis.call('PUBLISH', 'engawa:desk', ARGV[5])
return 1
