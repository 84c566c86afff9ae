-- Callers for wrk: each call is a voice request, a key, and the waiting document twice. Every request is signed, and
-- every address after the first is read out of the document before. HMAC-SHA1 as in RFC 2104 and RFC 3174.
local bit = require("bit")
local band, bor, bxor, bnot, rol, tobit = bit.band, bit.bor, bit.bxor, bit.bnot, bit.rol, bit.tobit
local char, byte, format = string.char, string.byte, string.format

local token = os.getenv("BENCH_TOKEN")
local base = os.getenv("BENCH_BASE")
local account = os.getenv("BENCH_ACCOUNT")
local number = os.getenv("BENCH_NUMBER")
local bare = os.getenv("BENCH_BARE") == "1"

local function word(value)
  return char(band(bit.rshift(value, 24), 255), band(bit.rshift(value, 16), 255), band(bit.rshift(value, 8), 255), band(value, 255))
end

local w = {}
local function sha1(message)
  local length = #message
  message = message .. "\128" .. string.rep("\0", (55 - length) % 64) .. word(0) .. word(length * 8)
  local h0, h1, h2, h3, h4 = 0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0
  for chunk = 1, #message, 64 do
    for i = 0, 15 do
      local a, b, c, d = byte(message, chunk + i * 4, chunk + i * 4 + 3)
      w[i] = bor(bit.lshift(a, 24), bit.lshift(b, 16), bit.lshift(c, 8), d)
    end
    for i = 16, 79 do w[i] = rol(bxor(w[i - 3], w[i - 8], w[i - 14], w[i - 16]), 1) end
    local a, b, c, d, e = tobit(h0), tobit(h1), tobit(h2), tobit(h3), tobit(h4)
    for i = 0, 79 do
      local f, k
      if i < 20 then f, k = bor(band(b, c), band(bnot(b), d)), 0x5A827999
      elseif i < 40 then f, k = bxor(b, c, d), 0x6ED9EBA1
      elseif i < 60 then f, k = bor(band(b, c), band(b, d), band(c, d)), 0x8F1BBCDC
      else f, k = bxor(b, c, d), 0xCA62C1D6 end
      local next = tobit(rol(a, 5) + f + e + k + w[i])
      e, d, c, b, a = d, c, rol(b, 30), a, next
    end
    h0, h1, h2, h3, h4 = tobit(h0 + a), tobit(h1 + b), tobit(h2 + c), tobit(h3 + d), tobit(h4 + e)
  end
  return word(h0) .. word(h1) .. word(h2) .. word(h3) .. word(h4)
end

local function pad(key, with)
  local padded = {}
  for i = 1, 64 do padded[i] = char(bxor(byte(key, i) or 0, with)) end
  return table.concat(padded)
end
local inner, outer = pad(token, 0x36), pad(token, 0x5c)

local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local function base64(data)
  local out = {}
  for i = 1, #data, 3 do
    local a, b, c = byte(data, i, i + 2)
    local value = a * 65536 + (b or 0) * 256 + (c or 0)
    for place = 3, 0, -1 do
      local index = math.floor(value / 64 ^ place) % 64
      out[#out + 1] = (place < 2 and not b and "=") or (place < 1 and not c and "=") or alphabet:sub(index + 1, index + 1)
    end
  end
  return table.concat(out)
end

local function encoded(text)
  return (text:gsub("[^%w%-%._~]", function(c) return format("%%%02X", byte(c)) end))
end

local function post(path, fields)
  local names, signed, body = {}, base .. path, {}
  for name in pairs(fields) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    signed = signed .. name .. fields[name]
    body[#body + 1] = name .. "=" .. encoded(fields[name])
  end
  local signature = base64(sha1(outer .. sha1(inner .. signed)))
  return wrk.format("POST", path, {
    ["Host"] = base:match("//(.*)"), ["Content-Type"] = "application/x-www-form-urlencoded",
    ["X-Twilio-Signature"] = signature, ["User-Agent"] = "TwilioProxy/1.1",
  }, table.concat(body, "&"))
end

local calls, waiting = 0, {}

local function fields_of(call, status)
  return {
    CallSid = call, AccountSid = account, From = format("+1202555%04d", calls % 10000), To = number, Called = number,
    Caller = format("+1202555%04d", calls % 10000), CallStatus = status, ApiVersion = "2010-04-01", Direction = "inbound",
    FromCity = "WASHINGTON", FromState = "DC", FromZip = "20001", FromCountry = "US",
    ToCity = "WASHINGTON", ToState = "DC", ToZip = "20002", ToCountry = "US",
    CallerCity = "WASHINGTON", CallerState = "DC", CallerZip = "20001", CallerCountry = "US",
  }
end

function request()
  local next = table.remove(waiting)
  if next and not bare then return next end
  calls = calls + 1
  return post("/twilio/voice", fields_of(format("CA%032x", calls + tonumber(os.getenv("BENCH_FIRST") or "0")), "ringing"))
end

local function next_wait(body, pattern, turn)
  local path = body:match(pattern)
  if not path then return end
  local fields = fields_of(format("CA%032x", calls), "in-progress")
  fields.QueueSid, fields.QueuePosition, fields.QueueTime = "QU0123456789abcdef0123456789abcdef", "1", tostring(turn)
  fields.AvgQueueTime, fields.CurrentQueueSize, fields.MaxQueueSize = "0", "1", "1000"
  waiting[#waiting + 1] = post(path:gsub("&amp;", "&"), fields)
end

local waited = {}

function response(status, headers, body)
  if bare or status >= 300 then return end
  local path = body:match('action="[^"]*(/twilio/digits[^"]*)"')
  if path then
    local fields = fields_of(format("CA%032x", calls), "in-progress")
    fields.Digits, fields.msg = "1", "Gather End"
    waiting[#waiting + 1] = post(path:gsub("&amp;", "&"), fields)
  elseif body:find("<Enqueue") then
    next_wait(body, 'waitUrl="[^"]*(/twilio/wait[^"]*)"', 0)
  else
    local leg = body:match("leg=([^&\"]+)") or ""
    if not waited[leg] then
      waited[leg] = true
      next_wait(body, '<Redirect[^>]*>[^<]*(/twilio/wait[^<]*)</Redirect>', 20)
    end
  end
end
