-- Takes one code of a second factor, each of them once.
-- KEYS  1 account HASH (step: the last one that was taken)  2 recovery codes SET (hashes)
-- ARGV  1 step of the code, or ""  2 hash of a recovery code, or ""
-- Returns 1, or 0 if it was taken before, or is none.
if ARGV[1] == '' then return redis.call('SREM', KEYS[2], ARGV[2]) end
if tonumber(ARGV[1]) <= tonumber(redis.call('HGET', KEYS[1], 'step') or '0') then return 0 end
redis.call('HSET', KEYS[1], 'step', ARGV[1])
return 1
