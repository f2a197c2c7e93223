-- Gives an account a new password, unlocks it and ends its sessions, but one.
-- KEYS  1 account HASH  2 session HASH that goes on, or any key that is not there
--       3 book STREAM of the day
-- ARGV  1 password hash  2 "1" if the password is for once
--       3 hash that the account must still have, or "" for whatever it has  4-9 the book's line
-- Returns 1, or 0 if there is no such account or its password has changed meanwhile.
local has = redis.call('HGET', KEYS[1], 'hash')
if not has or (ARGV[3] ~= '' and has ~= ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], 'hash', ARGV[1], 'once', ARGV[2], 'off', '0')
local epoch = redis.call('HINCRBY', KEYS[1], 'epoch', 1)
if redis.call('EXISTS', KEYS[2]) == 1 then redis.call('HSET', KEYS[2], 'epoch', epoch) end
redis.call('XADD', KEYS[#KEYS], '*', 't', ARGV[5], 'b', ARGV[6], 'd', ARGV[7], 'o', ARGV[8], 'h', ARGV[9])
redis.call('PEXPIREAT', KEYS[#KEYS], ARGV[4])
return 1
