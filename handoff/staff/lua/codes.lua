-- Replaces the recovery codes of a second factor.
-- KEYS  1 account HASH  2 recovery codes SET (hashes)  3 book STREAM of the day
-- ARGV  1-6 the book's line  7… hashes of recovery codes
-- Returns 1, or 0 if the account has no second factor.
if redis.call('HEXISTS', KEYS[1], 'totp') == 0 then return 0 end
redis.call('DEL', KEYS[2])
for i = 7, #ARGV do redis.call('SADD', KEYS[2], ARGV[i]) end
redis.call('XADD', KEYS[3], '*', 't', ARGV[2], 'b', ARGV[3], 'd', ARGV[4], 'o', ARGV[5], 'h', ARGV[6])
redis.call('PEXPIREAT', KEYS[3], ARGV[1])
return 1
