-- Takes one call and its tokens out of the day's budget of all processes.
-- KEYS[1]  hash of the day: c calls, t tokens
-- ARGV     calls allowed, tokens allowed, tokens of this call
-- returns  1 taken, 0 the budget is spent (nothing changed)
local calls = tonumber(redis.call('HGET', KEYS[1], 'c') or '0')
local tokens = tonumber(redis.call('HGET', KEYS[1], 't') or '0')
if calls >= tonumber(ARGV[1]) or tokens + tonumber(ARGV[3]) > tonumber(ARGV[2]) then
  return 0
end
redis.call('HINCRBY', KEYS[1], 'c', 1)
redis.call('HINCRBY', KEYS[1], 't', ARGV[3])
redis.call('EXPIRE', KEYS[1], 172800)
return 1
