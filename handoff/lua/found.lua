-- Writes down that a search has shown somebody a line of a case.
-- KEYS  1 case HASH  2 log STREAM of the case  3 book STREAM of the day
-- ARGV  1 unix ms  2 account  3 case  4 unix ms of the book's end
-- Returns 1, or 0 if there is no such case any more.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('XADD', KEYS[2], '*', 't', ARGV[1], 'd', 'found', 'b', ARGV[2], 'y', '')
redis.call('XADD', KEYS[3], '*', 't', ARGV[1], 'b', ARGV[2], 'd', 'found', 'o', ARGV[3], 'h', '')
redis.call('PEXPIREAT', KEYS[3], ARGV[4])
return 1
