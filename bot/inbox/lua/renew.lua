-- Prolongs a lease if it is still ours.
--
-- KEYS[1] {lane-NN}:lease  STRING random value of the holder
-- ARGV[1] our value
-- ARGV[2] milliseconds from now
-- returns  1 ours, 0 somebody else's or nobody's
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
