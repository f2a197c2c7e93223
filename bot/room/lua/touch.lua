-- Lets open pages look again: something in the talk has changed.
--
-- KEYS[1] {lane-NN}:room:<pid>  HASH
-- returns the change, 0 there is no room
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
return redis.call('HINCRBY', KEYS[1], 'n', 1)
