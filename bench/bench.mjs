// node bench.mjs [--trials 5] [--peers tarn,duckdb] [--json FILE]: loads every peer's page, reloads it, moves the filters, checks
// the answers against native DuckDB, and prints a table. Every trial is a new browser with an empty profile.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { startServer } from "./server.mjs";
import { sizes } from "./sizes.mjs";
import { differences, markdown, median, percentile } from "./report.mjs";

const { values: options } = parseArgs({ options: { trials: { type: "string", default: "5" }, peers: { type: "string", default: "tarn,duckdb" }, json: { type: "string" } } });
const here = import.meta.dirname;
const work = path.join(here, "../target/bench");
const truth = JSON.parse(fs.readFileSync(path.join(work, "truth.json"), "utf8"));
const CHECKED = { I1: [0, 50, 99], I2: [3], I3: [7] };
const FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const script = (name) => fs.readFileSync(path.join(here, "peers", name), "utf8");

const server = await startServer(path.join(work, "sites"), path.join(here, "../public/data"));
let failed = false;
const peers = [];
try {
  for (const name of options.peers.split(",")) peers.push(await measure(name));
} finally {
  await server.close();
}
if (options.json) fs.writeFileSync(options.json, JSON.stringify(peers, null, 1));
console.log(`\n${markdown(peers)}`);
process.exitCode = failed ? 1 : 0;

async function measure(name) {
  const trials = [];
  for (let i = 0; i < Number(options.trials); i++) {
    trials.push(await trial(name));
    console.error(`${name}: trial ${i + 1}, ${Math.round(trials.at(-1).cold)} ms to all results, brush p50 ${trials.at(-1).I1.p50.toFixed(1)} ms`);
  }
  const middle = (pick) => median(trials.map(pick));
  const wrong = [...new Set(trials.flatMap((trial) => trial.wrong))];
  for (const line of wrong) console.error(`WRONG ${name}: ${line}`);
  failed ||= wrong.length > 0;
  const interaction = (key) => ({ first: middle((t) => t[key].first), p50: middle((t) => t[key].p50), p95: middle((t) => t[key].p95), max: middle((t) => t[key].max) });
  return {
    name,
    trials: trials.length,
    checked: trials[0].checked,
    wrong,
    size: sizes(path.join(work, "sites"), trials[0].files, path.join(work, "sizes")),
    cold: middle((t) => t.cold),
    warm: middle((t) => t.warm),
    coldData: trials[0].coldData,
    warmData: trials[0].warmData,
    I1: interaction("I1"), I2: interaction("I2"), I3: interaction("I3"),
    longTasks: middle((t) => t.I1.longTasks), longestTask: middle((t) => t.I1.longestTask),
  };
}

async function trial(name) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), "tarn-bench-"));
  const context = await chromium.launchPersistentContext(profile, { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, chromiumSandbox: false, args: FLAGS });
  try {
    await context.addInitScript(script("page.js"));
    if (name === "tarn") await context.addInitScript(script("tarn.js"));
    const page = context.pages()[0] ?? (await context.newPage());
    page.on("pageerror", (error) => console.error(`${name}: ${error}`));
    const visit = async () => {
      server.reset();
      await page.goto(`http://127.0.0.1:${server.port}/${name}/`, { waitUntil: "commit" });
      const ms = await page.evaluate(() => window.ready);
      const data = server.log.filter((entry) => entry.isData);
      return { ms, files: server.log.filter((entry) => !entry.isData && entry.status === 200).map((entry) => entry.path), data: { requests: data.length, bytes: data.reduce((sum, entry) => sum + entry.bytes, 0) } };
    };
    const cold = await visit();
    const wrong = differences("unfiltered", await page.evaluate(() => window.api.results()), truth.checks.unfiltered);
    let checked = Object.keys(truth.checks.unfiltered).length;
    const result = {};
    for (const [key, at] of Object.entries(CHECKED)) {
      const run = await page.evaluate(([steps, at]) => window.runSteps(steps, at), [truth.steps[key], at]);
      const sorted = [...run.latencies].sort((a, b) => a - b);
      result[key] = { first: run.latencies[0], p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95), max: sorted.at(-1), longTasks: run.longTasks.length, longestTask: Math.max(0, ...run.longTasks) };
      for (const i of at) {
        const found = differences(`${key} step ${i}`, run.results[i], truth.checks[`${key}:${i}`]);
        wrong.push(...found);
        checked += Object.keys(truth.checks[`${key}:${i}`]).length;
      }
    }
    await page.goto("about:blank");
    const warm = await visit();
    return { ...result, cold: cold.ms, warm: warm.ms, files: [...new Set(cold.files)], coldData: cold.data, warmData: warm.data, wrong, checked };
  } finally {
    await context.close();
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
