-- Writes a question, if nobody has changed it since it was read.
--
-- KEYS[1] {board}:question:…  STRING JSON
-- KEYS[2] {board}:answers     SET    questions that are answered and not sent
-- ARGV[1] as it was read  ARGV[2] as it shall be  ARGV[3] its id  ARGV[4] "1" its answer shall be sent, else not (any more)
-- returns 1 written, 0 somebody was quicker
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
if ARGV[4] == '1' then
  redis.call('SADD', KEYS[2], ARGV[3])
else
  redis.call('SREM', KEYS[2], ARGV[3])
end
return 1
