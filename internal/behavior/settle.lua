-- Corrects charges of one App that were counted.
-- KEYS: one hash for each charge, slot number to amount. ARGV: four for each: the slot where it was counted, how much less it was
-- (below 0: how much more, which is counted now), milliseconds of a slot (0: the month), how many earlier slots count; and at the
-- end the number of the month and the milliseconds to its end.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local month, month_left = tonumber(ARGV[#ARGV - 1]), tonumber(ARGV[#ARGV])
for i = 1, #KEYS do
  local at = (i - 1) * 4
  local less, width, earlier = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  if less >= 0 then
    local n = tonumber(redis.call('HGET', KEYS[i], ARGV[at + 1]))
    if n then redis.call('HSET', KEYS[i], ARGV[at + 1], string.format('%.0f', math.max(0, n - less))) end
  else
    local slot, left = month, month_left
    if width > 0 then slot, left = math.floor(now / width), (earlier + 2) * width end
    redis.call('HINCRBY', KEYS[i], string.format('%.0f', slot), string.format('%.0f', -less))
    redis.call('PEXPIRE', KEYS[i], left)
  end
end
return 0
