-- Takes the release in force back for good and puts the newest earlier one in its
-- place, with what lay over that one when it was replaced.
--
-- KEYS[1] {release}:now      STRING hash of the release in force
-- KEYS[2] {release}:order    ZSET   hash → unix ms when it was last put in force
-- KEYS[3] {release}:recalled HASH   hash → who and when
-- KEYS[4] {release}:log      STREAM what was done
-- KEYS[5] {release}:overlay  HASH   file → what lies over it (JSON)
-- KEYS[6] {release}:overlaid STRING how many changes there have been
-- ARGV[1] hash to take back  ARGV[2] log entry
-- ARGV[3] hash that comes back, as the caller has seen it  ARGV[4] changes seen
-- ARGV[5…] file and JSON in turn: what lies over it then
-- returns the hash now in force; '' something has changed meanwhile; '-' there is no earlier one
local now = redis.call('GET', KEYS[1]) or ''
if now ~= ARGV[1] or now == '' then
  return ''
end
local all = redis.call('ZREVRANGE', KEYS[2], 0, -1)
for _, hash in ipairs(all) do
  if hash ~= now and redis.call('HEXISTS', KEYS[3], hash) == 0 then
    if hash ~= ARGV[3] or (redis.call('GET', KEYS[6]) or '0') ~= ARGV[4] then
      return ''
    end
    redis.call('HSET', KEYS[3], now, ARGV[2])
    redis.call('SET', KEYS[1], hash)
    redis.call('XADD', KEYS[4], '*', 'e', ARGV[2])
    redis.call('DEL', KEYS[5])
    for i = 5, #ARGV, 2 do
      redis.call('HSET', KEYS[5], ARGV[i], ARGV[i + 1])
    end
    redis.call('INCR', KEYS[6])
    return hash
  end
end
return '-'
