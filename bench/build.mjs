// Makes target/bench/sites/<peer>/: DuckDB-WASM's page from npm packages, Tarn's from the release build in dist/ with the
// compiled workload (argument: its JSON) in the place of the demo's dashboard.
import esbuild from "esbuild";
import fs from "node:fs";
import path from "node:path";

const here = import.meta.dirname;
const sites = path.join(here, "../target/bench/sites");
const modules = path.join(here, "node_modules");
fs.rmSync(sites, { recursive: true, force: true });

const duckdb = path.join(sites, "duckdb");
await esbuild.build({
  entryPoints: [path.join(here, "peers/duckdb.js")], outdir: duckdb, entryNames: "index", chunkNames: "chunk-[hash]",
  bundle: true, splitting: true, minify: true, format: "esm", target: "es2022", logLevel: "warning",
});
const assets = ["@duckdb/duckdb-wasm/dist/duckdb-eh.wasm", "@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js", "parquet-wasm/esm/parquet_wasm_bg.wasm"];
for (const asset of assets) fs.copyFileSync(path.join(modules, asset), path.join(duckdb, path.basename(asset)));
fs.writeFileSync(path.join(duckdb, "index.html"), '<!doctype html><meta charset=utf-8><title>DuckDB-WASM</title><link rel="icon" href="data:,"><script type=module src=index.js></script>\n');

const dist = path.join(here, "../dist");
const tarn = path.join(sites, "tarn");
fs.cpSync(dist, tarn, { recursive: true, filter: (file) => path.basename(file) !== "data" });
const page = fs.readFileSync(path.join(tarn, "index.html"), "utf8");
const [name] = /dashboard-[^"]*\.json/.exec(page);
fs.rmSync(path.join(tarn, name));
fs.copyFileSync(process.argv[2], path.join(tarn, "dashboard-w.json"));
fs.writeFileSync(path.join(tarn, "index.html"), page.replaceAll(name, "dashboard-w.json"));
