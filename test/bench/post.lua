-- The requests of one wrk run. Arguments: a file with one signature, tab and body a line; the path; a name of the run,
-- which makes every event id unique; how many bodies are passed over first. Run with one thread.
local head, tails, count = "", {}, 0

function init(args)
  local path = args[2]
  count = tonumber(args[4])
  head = "POST " .. path .. " HTTP/1.1\r\nHost: " .. wrk.host ..
    "\r\nContent-Type: application/json\r\nX-Event: " .. args[3] .. "-"
  for line in io.lines(args[1]) do
    local tab = string.find(line, "\t", 1, true)
    local body = string.sub(line, tab + 1)
    tails[#tails + 1] = "\r\nX-Signature: " .. string.sub(line, 1, tab - 1) ..
      "\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
  end
end

function request()
  count = count + 1
  return head .. count .. tails[(count - 1) % #tails + 1]
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"broken":%d,"refused":%d,"late":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write, errors.status, errors.timeout))
end
