-- For wrk: the same request again and again, or the lines "token<TAB>body" of a file, each once.
-- A token that begins with mac= is the signature of its body.
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  wrk.method = args[1]
  lines, at = nil, 0
  if args[2] and args[2] ~= "" then
    lines = {}
    for line in io.lines(args[2]) do
      local tab = line:find("\t", 1, true)
      local token = line:sub(1, tab - 1)
      local signed = token:sub(1, 4) == "mac="
      lines[#lines + 1] = wrk.format(wrk.method, nil, {
        [signed and "X-ZEvent-Signature" or "Authorization"] = signed and token or "Bearer " .. token,
        ["Content-Type"] = "application/json",
        ["Connection"] = "keep-alive",
      }, line:sub(tab + 1))
    end
  else
    only = wrk.format()
  end
end

function request()
  if not lines then return only end
  at = at + 1
  if at > #lines then
    wrk.thread:stop()
    return lines[#lines]
  end
  return lines[at]
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '#{"answers": %d, "seconds": %.6f, "p50_ms": %.3f, "p99_ms": %.3f, "failures": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
