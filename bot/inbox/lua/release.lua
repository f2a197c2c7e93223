-- Gives a lease back if it is still ours.
--
-- KEYS[1] {lane-NN}:lease  STRING random value of the holder
-- ARGV[1] our value
-- returns  1 given back, 0 it was not ours any more
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call('DEL', KEYS[1])
