-- wrk script. Every order once in an order of chance, then back again: no two requests in flight are for one order.
-- BENCH_PATH and BENCH_BODY hold %d for the id and %s for the wanted status.
local path, body, token = os.getenv("BENCH_PATH"), os.getenv("BENCH_BODY"), os.getenv("BENCH_TOKEN")
local there, back = os.getenv("BENCH_THERE") or "PAID", os.getenv("BENCH_BACK") or "NEW"
local ids, turn = {}, -1  -- wrk asks for one request that it does not send
math.randomseed(tonumber(os.getenv("BENCH_SEED")))
for n = 1, 10000 do ids[n] = n end
for n = 10000, 2, -1 do local m = math.random(n); ids[n], ids[m] = ids[m], ids[n] end
wrk.headers["content-type"] = "application/json"
if token ~= "" then wrk.headers["authorization"] = "Bearer " .. token end

request = function()
  local id = ids[turn % 10000 + 1]
  local target = math.floor(turn / 10000) % 2 == 0 and there or back
  turn = turn + 1
  if body == "" then return wrk.format("GET", path:format(id)) end
  return wrk.format("POST", path:format(id), nil, (body:gsub("ID", id):gsub("TO", target)))
end

done = function(summary, latency, requests)
  io.write(string.format('RESULT {"requests": %d, "seconds": %f, "failed": %d, "p50": %f, "p99": %f}\n', summary.requests, summary.duration / 1e6,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
