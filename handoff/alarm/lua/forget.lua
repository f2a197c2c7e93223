-- Takes person and alias off an alarm. The alarm itself stays until it is seen.
-- KEYS  1 alarm HASH   Returns 1, or 0 if there is no such alarm.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'person', '', 'alias', '')
return 1
