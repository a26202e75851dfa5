-- Counts all charges of one App, or none when one that is not forced does not fit.
-- KEYS: one hash for each charge, slot number to amount. ARGV: five for each: milliseconds of a slot (0: the month), how many
-- earlier slots count, most, amount, forced (1 or 0); and at the end the number of the month and the milliseconds to its end.
-- Answers {taken, now in milliseconds, then for each: slot, used before, fits, the slot after whose end it fits}.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local month, month_left = tonumber(ARGV[#ARGV - 1]), tonumber(ARGV[#ARGV])
local taken, out = 1, {}
for i = 1, #KEYS do
  local at = (i - 1) * 5
  local width, earlier = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local most, amount, forced = tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4]), ARGV[at + 5] == '1'
  local slot = month
  if width > 0 then slot = math.floor(now / width) end
  local fields = redis.call('HGETALL', KEYS[i])
  local used, amounts = 0, {}
  for f = 1, #fields, 2 do
    local s, n = tonumber(fields[f]), tonumber(fields[f + 1])
    if s > slot then slot = s end -- the clock went back
    amounts[s] = n
  end
  for s, n in pairs(amounts) do
    if s < slot - earlier then redis.call('HDEL', KEYS[i], s) else used = used + n end
  end
  local fits, free = 1, slot
  if used + amount > most then
    fits = 0
    if not forced then taken = 0 end
    local over = used + amount - most
    for s = slot - earlier, slot do
      over = over - (amounts[s] or 0)
      if over <= 0 then free = s break end
    end
  end
  out[i] = {slot, used, fits, free}
end
if taken == 1 then
  for i = 1, #KEYS do
    local at = (i - 1) * 5
    local width, earlier = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
    redis.call('HINCRBY', KEYS[i], string.format('%.0f', out[i][1]), ARGV[at + 4])
    if width > 0 then
      redis.call('PEXPIRE', KEYS[i], (earlier + 2) * width)
    else
      redis.call('PEXPIRE', KEYS[i], month_left)
    end
  end
end
local flat = {taken, now}
for i = 1, #out do
  for j = 1, 4 do flat[#flat + 1] = out[i][j] end
end
return flat
