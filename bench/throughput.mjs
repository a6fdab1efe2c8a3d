// node throughput.mjs SITE KEYS.parquet N_ROWS NATIVE.json OUT_DIR [TRIALS]
//
// Rows and bytes per second of Tarn's data worker, beside the same engine natively, DuckDB-WASM and what the machine's memory carries.
// NATIVE.json is what crates/engine/examples/throughput.rs prints. Every answer of Tarn is compared with DuckDB-WASM's.
import fs from "node:fs";
import path from "node:path";
import { bundle, duckdbSite, inBrowser, median } from "./peers.mjs";
import { serve } from "./server.mjs";

const [site, dataFile, rows, nativeFile, out, trials = "3"] = process.argv.slice(2);
const nRows = Number(rows);
const native = JSON.parse(fs.readFileSync(nativeFile));
const root = path.join(out, "throughput");
const QUESTIONS = { scan: "count under a filter", groups: "sum by 300 texts", keys: "sum by 1 M keys", distinct: "count(distinct), 1 M values" };
const TIMES = 11;

fs.rmSync(root, { recursive: true, force: true });
fs.cpSync(site, path.join(root, "tarn"), { recursive: true, filter: (from) => !from.endsWith(".parquet") });
await bundle("throughput-tarn", path.join(root, "tarn-asks.js"), "iife");
await duckdbSite(path.join(root, "duckdb"), "throughput-duckdb");

/** Bytes per second of copying in the page: as many are read as are written. */
const copying = (page) =>
  page.evaluate(() => {
    const [from, to] = [new Uint8Array(256 << 20).fill(1), new Uint8Array(256 << 20)];
    const times = Array.from({ length: 7 }, () => {
      const start = performance.now();
      to.set(from);
      return performance.now() - start;
    });
    return (from.length / times.sort((a, b) => a - b)[3]) * 1e3;
  });

const trial = (server, peer) =>
  inBrowser(async (page) => {
    if (peer === "tarn") await page.addInitScript({ path: path.join(root, "tarn-asks.js") });
    await page.goto(`${server.origin}/${peer}/`, { waitUntil: "commit" });
    await page.waitForFunction(() => globalThis.loaded !== undefined);
    await page.evaluate(() => globalThis.loaded);
    const asked = {};
    for (const name of Object.keys(QUESTIONS)) {
      asked[name] = [];
      for (let time = 0; time < TIMES; time++) {
        asked[name].push(await page.evaluate(([name, time]) => globalThis.ask(name, time * 90, time * 90 + 90), [name, time]));
      }
    }
    return { asked, copied: await copying(page) };
  });

const server = await serve(root, dataFile, "keys.parquet");
const outcomes = { tarn: [], duckdb: [] };
try {
  for (let n = 0; n < Number(trials); n++) {
    for (const peer of Object.keys(outcomes)) outcomes[peer].push(await trial(server, peer));
  }
} finally {
  await server.stop();
}

const middle = (peer, name, pick) => median(outcomes[peer].map(({ asked }) => median(asked[name].map(pick))));
const perSecond = (ms) => `${(nRows / ms / 1e3).toFixed(0)} M`;
const gigabytes = (bytes, ms) => (bytes / ms / 1e6).toFixed(1);
const lines = Object.entries(QUESTIONS).map(([name, what]) => {
  const { ms, bytes } = native[name];
  const [inWorker, tarn, duckdb] = [middle("tarn", name, (one) => one.queryMs), middle("tarn", name, (one) => one.ms), middle("duckdb", name, (one) => one.ms)];
  const cells = [perSecond(inWorker), gigabytes(bytes, inWorker), perSecond(ms), gigabytes(bytes, ms), (inWorker / ms).toFixed(2)];
  return `| ${[what, ...cells, tarn.toFixed(1), duckdb.toFixed(1), `${(duckdb / tarn).toFixed(1)} ×`].join(" | ")} |`;
});
const copied = median([...outcomes.tarn, ...outcomes.duckdb].map((outcome) => outcome.copied));
const memory = Math.max(...outcomes.tarn.flatMap(({ asked }) => Object.values(asked).flat().map((one) => one.memory)));
console.log(`${nRows.toLocaleString("en")} rows, Chromium, medians of ${trials} trials with ${TIMES} filters each\n
| | worker, rows/s | GB/s | natively, rows/s | GB/s | worker's time over native | Tarn, ms | DuckDB-WASM, ms | ratio |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${lines.join("\n")}

Memory carries ${(native.summed / 1e9).toFixed(1)} GB/s when it is added up and ${(native.copied / 1e9).toFixed(1)} when it is copied, natively, and ${(copied / 1e9).toFixed(1)} copied in the page.
A row takes ${Object.entries(native).filter(([name]) => name in QUESTIONS).map(([name, { bytes }]) => `${(bytes / nRows).toFixed(1)} bytes (${name})`).join(", ")}; the worker holds ${(memory / nRows).toFixed(1)} bytes a row at the most.`);

const differ = Object.keys(QUESTIONS).filter((name) => {
  const answers = (peer) => JSON.stringify(outcomes[peer][0].asked[name].map((one) => one.answer));
  return answers("tarn") !== answers("duckdb");
});
for (const name of differ) console.log(`differs from DuckDB-WASM: ${name}`);
process.exitCode = differ.length ? 1 : 0;
