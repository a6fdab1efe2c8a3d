// What the benches beside DuckDB-WASM share: its site, and a page of a peer in a browser of its own.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import esbuild from "esbuild";
import { chromium } from "playwright-core";

const here = import.meta.dirname;
const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function bundle(name, outfile, format) {
  await esbuild.build({
    entryPoints: [path.join(here, "pages", `${name}.js`)],
    outfile,
    bundle: true,
    minify: true,
    format,
    target: "es2022",
    external: ["node:*"],
    logLevel: "warning",
  });
}

/** The folder of a page of DuckDB-WASM with this script. */
export async function duckdbSite(folder, script) {
  await bundle(script, path.join(folder, "index.js"), "esm");
  const modules = path.join(here, "node_modules");
  for (const file of ["duckdb-eh.wasm", "duckdb-browser-eh.worker.js"]) {
    fs.copyFileSync(path.join(modules, "@duckdb/duckdb-wasm/dist", file), path.join(folder, file));
  }
  fs.copyFileSync(path.join(modules, "parquet-wasm/esm/parquet_wasm_bg.wasm"), path.join(folder, "parquet_wasm_bg.wasm"));
  const page = '<!doctype html><meta charset="utf-8"><title>DuckDB-WASM</title><script type="module" src="index.js"></script>\n';
  fs.writeFileSync(path.join(folder, "index.html"), page);
}

/** What `use` makes of a page in a new browser with an empty profile. */
export async function inBrowser(use) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), "tarn-bench-"));
  const options = { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", chromiumSandbox: false, args: FLAGS };
  const context = await chromium.launchPersistentContext(profile, options);
  try {
    return await use(context.pages()[0] ?? (await context.newPage()));
  } finally {
    await context.close();
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
