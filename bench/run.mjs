// node run.mjs SITE DATA.parquet TRUTH.json OUT_DIR [TRIALS]
//
// Tarn (the built page in SITE, with the workload's dashboard) beside DuckDB-WASM: load, reload and three interactions, each
// trial in a new browser with an empty profile, the two peers in turn. Every answer is compared with native DuckDB's.
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { bundle, duckdbSite, inBrowser, median } from "./peers.mjs";
import { serve } from "./server.mjs";

const [site, dataFile, truthFile, out, trials = "5"] = process.argv.slice(2);
const truth = JSON.parse(fs.readFileSync(truthFile));
const root = path.join(out, "site");

async function buildSites() {
  fs.rmSync(root, { recursive: true, force: true });
  fs.cpSync(site, path.join(root, "tarn"), { recursive: true, filter: (from) => !from.endsWith(".parquet") });
  await bundle("tarn", path.join(out, "tarn-contract.js"), "iife");
  await duckdbSite(path.join(root, "duckdb"), "duckdb");
}

/** "ok", or where `found` first differs from `expected`: integers exactly, doubles to 1e-9. */
function compare(found, expected, place = "") {
  if (Array.isArray(expected)) {
    if (found?.length !== expected.length) return `${place}: ${found?.length} values, not ${expected.length}`;
    return expected.map((value, i) => compare(found[i], value, `${place}[${i}]`)).find((text) => text !== "ok") ?? "ok";
  }
  if (expected && typeof expected === "object") {
    const differing = Object.keys(expected).map((key) => compare(found?.[key], expected[key], `${place}.${key}`));
    return differing.find((text) => text !== "ok") ?? "ok";
  }
  const equal =
    typeof expected === "number" && !Number.isInteger(expected)
      ? Math.abs(found - expected) <= 1e-9 * Math.max(1, Math.abs(expected))
      : found === expected;
  return equal ? "ok" : `${place}: ${found}, not ${expected}`;
}

const trial = (server, peer) =>
  inBrowser(async (page) => {
    const outcome = { differences: [], interactions: {}, tight: {} };
    page.on("pageerror", (error) => outcome.differences.push(`page error: ${error}`));
    if (peer === "tarn") await page.addInitScript({ path: path.join(out, "tarn-contract.js") });
    const visit = async () => {
      server.log.length = 0;
      await page.goto(`${server.origin}/${peer}/`, { waitUntil: "commit" });
      await page.waitForFunction(() => globalThis.loaded !== undefined);
      return page.evaluate(() => globalThis.loaded);
    };
    outcome.load = await visit();
    outcome.runtime = [...new Set(server.log.filter((entry) => !entry.data && entry.status === 200).map((entry) => entry.name))];
    outcome.dataBytes = server.log.filter((entry) => entry.data).reduce((sum, entry) => sum + entry.bytes, 0);
    const check = (name, found) => {
      const text = compare(found, truth.answers[name]);
      if (text !== "ok") outcome.differences.push(`${name}${text}`);
    };
    check("initial", await page.evaluate(() => globalThis.peer.results()));
    await page.evaluate(() => {
      globalThis.longTasks = [];
      const note = (list) => globalThis.longTasks.push(...list.getEntries().map((entry) => entry.duration));
      new PerformanceObserver(note).observe({ entryTypes: ["longtask"] });
    });
    for (const [name, steps] of Object.entries(truth.steps)) {
      const checked = truth.checked[name];
      const run = await page.evaluate(([steps, checked]) => globalThis.runSteps(steps, checked), [steps, checked]);
      outcome.interactions[name] = run.times;
      for (const index of checked) check(`${name}:${index}`, run.results[index]);
    }
    outcome.longTasks = await page.evaluate(() => globalThis.longTasks);
    await page.goto("about:blank");
    outcome.reload = await visit();
    outcome.reloadDataRequests = server.log.filter((entry) => entry.data).length;
    const rowsAreThere = () => page.waitForFunction(() => globalThis.tarn.status().sources.every((source) => source.rows > 0));
    if (peer === "tarn") {
      await rowsAreThere();
      for (const [name, steps] of Object.entries(truth.steps)) {
        outcome.tight[name] = (await page.evaluate((steps) => globalThis.runSteps(steps, [], true), steps)).times;
      }
      await page.goto("about:blank");
      await visit();
    }
    outcome.index = {};
    outcome.indexed = {};
    if (await page.evaluate(() => globalThis.peer.prepare !== undefined)) {
      // In the reloaded page, whose worker has answered none of these steps yet, but others: the codes of the views' groups are there.
      await rowsAreThere();
      const others = [{ delay: [1, 2] }, { origin: "none" }, { date: [978_307_200_000, 978_393_600_000] }, {}];
      await page.evaluate((steps) => globalThis.runSteps(steps, []), others);
      for (const [name, steps] of Object.entries(truth.steps)) {
        const checked = truth.checked[name];
        outcome.index[name] = await page.evaluate((name) => globalThis.peer.prepare(name), name);
        const run = await page.evaluate(([steps, checked]) => globalThis.runSteps(steps, checked), [steps, checked]);
        outcome.indexed[name] = run.times;
        for (const index of checked) check(`${name}:${index}`, run.results[index]);
      }
    }
    if (await page.evaluate(() => globalThis.peer.outlive !== undefined)) {
      server.log.length = 0;
      const index = truth.checked.category[0];
      const outlived = await page.evaluate((step) => globalThis.peer.outlive(step), truth.steps.category[index]);
      if (outlived.replaced !== 1) outcome.differences.push(`another worker: ${outlived.replaced} started, not 1`);
      check(`category:${index}`, outlived.results);
      outcome.outlived = outlived.ms;
      outcome.outlivedDataRequests = server.log.filter((entry) => entry.data).length;
    }
    return outcome;
  });

const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(q * values.length) - 1)];

function sizes(names) {
  const total = { raw: 0, gzip: 0, brotli: 0 };
  for (const name of names) {
    const bytes = fs.readFileSync(path.join(root, name));
    const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_LGWIN]: 24 };
    total.raw += bytes.length;
    total.gzip += zlib.gzipSync(bytes, { level: 9 }).length;
    total.brotli += zlib.brotliCompressSync(bytes, { params }).length;
  }
  return total;
}

function summary(outcomes) {
  const over = (pick) => median(outcomes.map(pick));
  const interaction = (name, q) => over((outcome) => quantile(outcome.interactions[name], q));
  const result = { size: sizes(outcomes[0].runtime), load: over((o) => o.load), reload: over((o) => o.reload) };
  for (const name of Object.keys(truth.steps)) result[name] = [0.5, 0.95, 1].map((q) => interaction(name, q));
  const tight = Object.keys(outcomes[0].tight);
  const atOnce = (name, q) => over((outcome) => quantile(outcome.tight[name], q));
  result.tight = Object.fromEntries(tight.map((name) => [name, [0.5, 0.95, 1].map((q) => atOnce(name, q))]));
  const indexed = Object.keys(outcomes[0].indexed);
  const steps = (name, q) => over((outcome) => quantile(outcome.indexed[name], q));
  result.indexed = Object.fromEntries(indexed.map((name) => [name, [0.5, 0.95, 1].map((q) => steps(name, q))]));
  result.index = Object.fromEntries(indexed.map((name) => [name, over((outcome) => outcome.index[name])]));
  result.dataBytes = outcomes[0].dataBytes;
  if (outcomes[0].outlived !== undefined) {
    result.outlived = over((outcome) => outcome.outlived);
    result.outlivedDataRequests = Math.max(...outcomes.map((o) => o.outlivedDataRequests));
  }
  result.reloadDataRequests = Math.max(...outcomes.map((o) => o.reloadDataRequests));
  result.longTasks = outcomes.map((o) => o.longTasks.length);
  result.longestTask = Math.max(0, ...outcomes.flatMap((o) => o.longTasks));
  result.differences = [...new Set(outcomes.flatMap((o) => o.differences))];
  return result;
}

function table(tarn, duckdb) {
  const kb = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;
  const ms = (value) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
  const overhead = ({ dataBytes }) => ((dataBytes - truth.footerBytes) / truth.neededBytes).toFixed(4);
  const spread = (values) => values.map((value) => value.toFixed(value < 10 ? 1 : 0)).join(" / ");
  const lines = [
    ["", "Tarn", "DuckDB-WASM 1.32", "ratio"],
    ["---", "---", "---", "---"],
    ...["raw", "gzip", "brotli"].map((k) => [`runtime, ${k}`, kb(tarn.size[k]), kb(duckdb.size[k]), duckdb.size[k] / tarn.size[k]]),
    ["navigation to all results", ms(tarn.load), ms(duckdb.load), duckdb.load / tarn.load],
    ["reload to all results", ms(tarn.reload), ms(duckdb.reload), duckdb.reload / tarn.reload],
    ...Object.keys(truth.steps).map((name) => [
      `${name}: p50 / p95 / max, ms`,
      spread(tarn[name]),
      spread(duckdb[name]),
      duckdb[name][1] / tarn[name][1],
    ]),
    ...Object.keys(tarn.tight).map((name) => [`${name}, while the step before is still drawn`, spread(tarn.tight[name]), "", ""]),
    ...Object.keys(tarn.indexed).map((name) => [
      `${name}, indexed: p50 / p95 / max, ms (index built in ${tarn.index[name].toFixed(0)} ms)`,
      spread(tarn.indexed[name]),
      "",
      duckdb[name][1] / tarn.indexed[name][1],
    ]),
    ["data fetched at first", kb(tarn.dataBytes), kb(duckdb.dataBytes), duckdb.dataBytes / tarn.dataBytes],
    ["… without the footer, over what the footer says of the columns", ...[tarn, duckdb].map(overhead), ""],
    ["data requests on reload", tarn.reloadDataRequests, duckdb.reloadDataRequests, ""],
    ["the worker dies: to all results of another filter", ms(tarn.outlived), "", ""],
    ["… data requests meanwhile", tarn.outlivedDataRequests, "", ""],
    ["long tasks per trial while interacting", tarn.longTasks.join(", "), duckdb.longTasks.join(", "), ""],
    ["answers that differ from native DuckDB", tarn.differences.length, duckdb.differences.length, ""],
  ];
  const cell = (value) => (typeof value === "number" && !Number.isInteger(value) ? `${value.toFixed(1)} ×` : String(value));
  return lines.map((line) => `| ${line.map(cell).join(" | ")} |`).join("\n");
}

await buildSites();
const server = await serve(root, dataFile);
const outcomes = { tarn: [], duckdb: [] };
try {
  for (let n = 0; n < Number(trials); n++) {
    for (const peer of Object.keys(outcomes)) {
      outcomes[peer].push(await trial(server, peer));
      console.error(`trial ${n + 1}, ${peer}: ${outcomes[peer].at(-1).load.toFixed(0)} ms`);
    }
  }
} finally {
  await server.stop();
}
const [tarn, duckdb] = [summary(outcomes.tarn), summary(outcomes.duckdb)];
fs.writeFileSync(path.join(out, "results.json"), JSON.stringify({ rows: truth.rows, tarn, duckdb, outcomes }, null, 1));
console.log(`${truth.rows.toLocaleString("en")} rows, loopback, Chromium, medians of ${trials} trials\n\n${table(tarn, duckdb)}`);
for (const difference of [...tarn.differences, ...duckdb.differences]) console.log(`differs: ${difference}`);
process.exitCode = tarn.differences.length ? 1 : 0;
