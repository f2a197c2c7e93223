-- Shows the parcel that is next for the desk, an alarm or the key store.
--
-- KEYS[1] {lane-NN}:lease           STRING
-- KEYS[2] {lane-NN}:q:<dest>:<pid>  LIST
-- KEYS[3] {lane-NN}:parcel:<pid>    HASH
-- KEYS[4] {lane-NN}:out:<dest>      ZSET
-- ARGV[1] our lease  ARGV[2] pid
-- returns {'stolen'}, {'idle'} or {'open', parcel}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return {'stolen'}
end
while true do
  local id = redis.call('LINDEX', KEYS[2], 0)
  if not id then
    redis.call('ZREM', KEYS[4], ARGV[2])
    return {'idle'}
  end
  local blob = redis.call('HGET', KEYS[3], id)
  if blob then
    return {'open', blob}
  end
  redis.call('LPOP', KEYS[2])
end
