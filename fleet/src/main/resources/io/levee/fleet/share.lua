-- Grants one process its share of a rate until it expires, never more than the unexpired shares of the others leave.
-- KEYS[1]: a hash, member -> "share want expires", and '!since' -> when it was made.
-- ARGV: member, the fleet's rate, milliseconds until the share expires, the rate that the member holds now, the rate that it
-- wants (-1: it does not know). Answers "share members".
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local me, rate, ttl = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local held, want = tonumber(ARGV[4]), tonumber(ARGV[5])
if want < 0 or want > rate then want = rate end

local since = tonumber(redis.call('HGET', KEYS[1], '!since'))
if not since or since > now then
  since = now
  redis.call('HSET', KEYS[1], '!since', string.format('%.0f', now))
end

local wants, taken = { want }, 0
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if all[i] ~= me and all[i] ~= '!since' then
    local share, wanted, expires = string.match(all[i + 1], '(%S+) (%S+) (%S+)')
    if tonumber(expires) <= now then
      redis.call('HDEL', KEYS[1], all[i])
    else
      taken = taken + tonumber(share)
      wants[#wants + 1] = tonumber(wanted)
    end
  end
end

-- Who wants less than an equal part gets what it wants, and the others share the rest. What nobody wants goes to all, but for
-- one part, which is there for who joins.
table.sort(wants)
local members, left, level = #wants, rate, nil
for i = 1, members do
  local equal = left / (members - i + 1)
  if wants[i] > equal then
    level = equal
    break
  end
  left = left - wants[i]
end
local share = level and math.min(want, level) or want + left / (members + 1)
share = math.max(0, math.min(share, rate - taken))

if now < since + ttl then
  -- The hash is new, or Redis has lost one. Whoever had a share of that may still use it: all keep what they hold until such
  -- shares have expired.
  share = math.max(0, math.min(held, rate - taken))
end
-- A member that gets less goes on with what it holds until it has read this, so that is what others must leave it for now.
redis.call('HSET', KEYS[1], me, string.format('%.17g %.17g %.0f', math.max(share, held), want, now + ttl))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', ttl * 10))
return string.format('%.17g %d', share, members)
