-- Turns a one-time link into a browser that may post. The same browser may do it
-- twice, as a double tap does; another one may not.
--
-- KEYS[1] {board}:key:…  STRING the link: JSON of group and member, or "used <browser>"
-- KEYS[2] {board}:key:…  STRING the browser: the same JSON
-- ARGV[1] the browser's key  ARGV[2] ms that the browser is bound  ARGV[3] ms that the use is remembered
-- returns the JSON, or "" if the link does not open
local link = redis.call('GET', KEYS[1])
if not link then
  return ''
end
if link == 'used ' .. ARGV[1] then
  return redis.call('GET', KEYS[2]) or ''
end
if string.sub(link, 1, 5) == 'used ' then
  return ''
end
redis.call('SET', KEYS[2], link, 'PX', ARGV[2])
redis.call('SET', KEYS[1], 'used ' .. ARGV[1], 'PX', ARGV[3])
return link
