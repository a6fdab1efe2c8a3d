// DuckDB-WASM, with the questions of bench/throughput.mjs: the file decoded with parquet-wasm and inserted as Arrow, as in duckdb.js.
import * as duckdb from "@duckdb/duckdb-wasm";
import initParquet, { readParquet } from "parquet-wasm/esm/parquet_wasm.js";

const QUESTIONS = {
  scan: (where) => `SELECT count(*) n FROM keys ${where}`,
  groups: (where) => `SELECT kind, sum(value)::BIGINT n FROM keys ${where} GROUP BY 1 ORDER BY n DESC, kind LIMIT 20`,
  keys: (where) => `SELECT key, sum(value)::BIGINT n FROM keys ${where} GROUP BY 1 ORDER BY n DESC, key LIMIT 10`,
  distinct: (where) => `SELECT count(DISTINCT key) n FROM keys ${where}`,
};
const here = (name) => new URL(name, location.href).href;
let connection;

/** What the question's last column has under `from <= value < to`, and the milliseconds until it is on the main thread. */
globalThis.ask = async (name, from, to) => {
  const start = performance.now();
  const table = await connection.query(QUESTIONS[name](`WHERE value >= ${from} AND value < ${to}`));
  const ms = performance.now() - start;
  const column = table.getChild("n");
  return { ms, answer: Array.from({ length: table.numRows }, (_, row) => Number(column.get(row))) };
};

globalThis.loaded = (async () => {
  await initParquet({ module_or_path: here("parquet_wasm_bg.wasm") });
  const database = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), new Worker(here("duckdb-browser-eh.worker.js")));
  await database.instantiate(here("duckdb-eh.wasm"));
  await database.open({ path: ":memory:", query: { castBigIntToDouble: true } });
  connection = await database.connect();
  const bytes = new Uint8Array(await (await fetch(here("data/keys.parquet"))).arrayBuffer());
  await connection.insertArrowFromIPCStream(readParquet(bytes).intoIPCStream(), { name: "keys", create: true });
})();
