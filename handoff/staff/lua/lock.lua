-- Locks an account. A new epoch ends every session of the old one at once.
-- KEYS  1 account HASH
-- Returns 1, or 0 if there is no such account.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'off', '1')
redis.call('HINCRBY', KEYS[1], 'epoch', 1)
return 1
