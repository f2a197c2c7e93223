-- Takes the release in force back for good and puts the newest earlier one in its place.
--
-- KEYS[1] {release}:now      STRING hash of the release in force
-- KEYS[2] {release}:order    ZSET   hash → unix ms when it was last put in force
-- KEYS[3] {release}:recalled HASH   hash → who and when
-- KEYS[4] {release}:log      STREAM what was done
-- ARGV[1] hash to take back  ARGV[2] log entry
-- returns the hash now in force; '' not in force any more; '-' there is no earlier one
local now = redis.call('GET', KEYS[1]) or ''
if now ~= ARGV[1] or now == '' then
  return ''
end
local all = redis.call('ZREVRANGE', KEYS[2], 0, -1)
for _, hash in ipairs(all) do
  if hash ~= now and redis.call('HEXISTS', KEYS[3], hash) == 0 then
    redis.call('HSET', KEYS[3], now, ARGV[2])
    redis.call('SET', KEYS[1], hash)
    redis.call('XADD', KEYS[4], '*', 'e', ARGV[2])
    return hash
  end
end
return '-'
