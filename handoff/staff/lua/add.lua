-- Makes an account, unless its name or alias is taken.
-- KEYS  1 account HASH  2 names SET  3 aliases HASH (alias → name)
--       4 book STREAM of the day
-- ARGV  1 name  2 alias  3 roles  4 password hash  5 "1" if the password is for once  6 unix ms
--       7 cases at a time, "0" = as the house has it  8-13 the book's line
-- Returns 1, or 0 if name or alias is taken.
if redis.call('EXISTS', KEYS[1]) == 1 or redis.call('HEXISTS', KEYS[3], ARGV[2]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'name', ARGV[1], 'alias', ARGV[2], 'roles', ARGV[3], 'hash', ARGV[4],
  'once', ARGV[5], 'created', ARGV[6], 'epoch', 1, 'off', '0', 'most', ARGV[7], 'rev', 1)
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('HSET', KEYS[3], ARGV[2], ARGV[1])
redis.call('XADD', KEYS[#KEYS], '*', 't', ARGV[9], 'b', ARGV[10], 'd', ARGV[11], 'o', ARGV[12], 'h', ARGV[13])
redis.call('PEXPIREAT', KEYS[#KEYS], ARGV[8])
return 1
