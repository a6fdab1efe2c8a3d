// node soak.mjs SITE DATA.parquet OTHER.parquet [MINUTES]
//
// One page for a long time: filters are dragged, picked and cleared, pages opened, and the store's file changes under it every two
// minutes. Minute 0 lasts until the page has followed one such change, for which two snapshots are in memory for a moment. A line a
// minute, then how memory and times have changed from the first to the last.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { serve } from "./server.mjs";

const [site, dataFile, otherFile, minutes = "30"] = process.argv.slice(2);
const CHANGE_EVERY_MS = 120_000;

/** What happens in the page. */
function contract() {
  // The main thread's memory is an export of the module, whose names nobody knows.
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...given) => {
    const made = await instantiate.apply(WebAssembly, given);
    const found = Object.values((made.instance ?? made).exports).find((value) => value instanceof WebAssembly.Memory);
    globalThis.mainMemory ??= found;
    return made;
  };
  const tabs = () => [...document.querySelectorAll("a.tab")];
  let seed = 20261127;
  const below = (n) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * n);
  };
  const one = async (times, act) => {
    const start = performance.now();
    await act();
    await globalThis.tarn.ready();
    times.push(performance.now() - start);
  };
  /** Interactions for so long; the time of each from the change to the results of all views, in milliseconds. */
  globalThis.interact = async (ms) => {
    const end = performance.now() + ms;
    const times = [];
    const { tarn } = globalThis;
    while (performance.now() < end) {
      const kind = below(10);
      if (kind < 4) {
        const from = below(100) - 50;
        for (let at = 0; at < 12; at++) await one(times, () => tarn.setFilter("delay", [from + at * 2, from + 30 + at * 3]));
      } else if (kind < 6) {
        await one(times, () => tarn.setFilter("origin", [["ATL"], ["ORD", "DFW"], ["LAX", "PHX", "DEN"]][below(3)]));
      } else if (kind < 8) {
        await one(times, () => tarn.setFilter("period", ["last 7 days", "last 28 days", "month to date", ["2001-02-01", "2001-04-01"]][below(4)]));
      } else if (kind < 9) {
        await one(times, () => tabs()[below(tabs().length)].click());
      } else {
        await one(times, () => tarn.setFilters({ delay: null, origin: null }));
      }
    }
    return times;
  };
}

const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))];
const mb = (bytes) => bytes / 1e6;
const one = (value) => value.toFixed(1).padStart(8);

/** The renderer's resident bytes, where the system tells them: the largest one is the page's. */
async function resident(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const of = ({ id }) => {
    try {
      return Number(/VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? 0) * 1024;
    } catch {
      return 0;
    }
  };
  return Math.max(...processInfo.filter(({ type }) => type === "renderer").map(of));
}

const profile = fs.mkdtempSync(path.join(os.tmpdir(), "tarn-soak-"));
const served = path.join(profile, "served.parquet");
const put = (file) => {
  fs.copyFileSync(file, `${served}.part`);
  fs.renameSync(`${served}.part`, served);
};
put(dataFile);
const server = await serve(site, served);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
const problems = [];
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("crash", () => problems.push("the page crashed"));
  await page.addInitScript(contract);
  await page.goto(`${server.origin}/`);
  await page.waitForFunction("globalThis.tarn");
  await page.evaluate("tarn.ready()");
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");

  const rows = [];
  const snapshots = new Set();
  let changed = 0;
  let isOther = false;
  const followed = async () => {
    const { sources } = await page.evaluate("tarn.status()");
    sources.forEach((source) => snapshots.add(source.snapshot));
    return snapshots.size > 1;
  };
  console.log(`${os.cpus().length} cores, ${browser.version()}, ${minutes} minutes\n`);
  console.log("minute   steps  p50 ms  p95 ms  worker MB  main MB  JS heap MB  resident MB  snapshots");
  for (let minute = 0; minute <= Number(minutes); minute++) {
    const times = [];
    for (let part = 0; part < 2; part++) {
      times.push(...(await page.evaluate("interact(29_500)")));
      if (Date.now() - changed >= CHANGE_EVERY_MS) {
        isOther = !isOther;
        put(isOther ? otherFile : dataFile);
        changed = Date.now();
      }
    }
    if (minute === 0 && !(await followed())) {
      minute--;
      continue;
    }
    await session.send("HeapProfiler.collectGarbage");
    const { metrics } = await session.send("Performance.getMetrics");
    const status = await page.evaluate("tarn.status()");
    status.sources.forEach((source) => snapshots.add(source.snapshot));
    problems.push(...status.sources.map((source) => source.error).filter((error) => error));
    const row = {
      steps: times.length,
      p50: quantile(times, 0.5),
      p95: quantile(times, 0.95),
      worker: mb(status.workers.reduce((sum, worker) => sum + worker.memoryBytes, 0)),
      main: mb(await page.evaluate("mainMemory.buffer.byteLength")),
      heap: mb(metrics.find(({ name }) => name === "JSHeapUsedSize").value),
      resident: mb(await resident(browser)),
    };
    rows.push(row);
    const cells = [one(row.p50), one(row.p95), one(row.worker).padStart(11), one(row.main).padStart(9), one(row.heap).padStart(12), one(row.resident).padStart(13)];
    console.log(`${String(minute).padStart(6)}${String(row.steps).padStart(8)}${cells.join("")}${String(snapshots.size).padStart(11)}`);
  }
  const third = Math.max(1, Math.floor((rows.length - 1) / 3));
  const highest = (some, key) => Math.max(...some.map((row) => row[key]));
  const [early, late] = [rows.slice(1, 1 + third), rows.slice(-third)];
  const [first, last] = [rows[1], rows.at(-1)];
  const change = (key) => `${(((last[key] - first[key]) / first[key]) * 100).toFixed(1)} %`;
  console.log(`\nfrom the first minute to the last: worker ${change("worker")}, main ${change("main")}, JS heap ${change("heap")}, resident ${change("resident")}, p95 ${change("p95")}`);
  // The worker's memory rises with every change of the store's file and falls when another worker takes its place.
  const peaks = ["worker", "main", "heap", "resident"].map((key) => `${key} ${highest(early, key).toFixed(1)} -> ${highest(late, key).toFixed(1)} MB`);
  console.log(`the highest of the first and of the last third: ${peaks.join(", ")}`);
} finally {
  await browser.close();
  await server.stop();
  fs.rmSync(profile, { recursive: true, force: true });
}
if (problems.length > 0) throw new Error(`${problems.length} problems: ${[...new Set(problems)].join("; ")}`);
