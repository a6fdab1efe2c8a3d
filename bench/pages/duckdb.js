// DuckDB-WASM: the whole file fetched, decoded with parquet-wasm (its own Parquet reader is an extension that no registry
// carries) and inserted as Arrow; one SQL query per view.
import "./api.js";
import * as duckdb from "@duckdb/duckdb-wasm";
import initParquet, { readParquet } from "parquet-wasm/esm/parquet_wasm.js";

const DAY_MS = 86_400_000;
const here = (name) => new URL(name, location.href).href;
const current = {};
let connection;

const timestamp = (ms) => `TIMESTAMP '${new Date(ms).toISOString().slice(0, 19).replace("T", " ")}'`;
const integerEdge = (edge) => Math.ceil(edge - 1e-9); // the same rows of an integer column

function queries(filter) {
  const predicates = {
    delay: filter.delay && `delay >= ${integerEdge(filter.delay[0])} AND delay < ${integerEdge(filter.delay[1])}`,
    origin: filter.origin && `origin = '${filter.origin}'`,
    date: filter.date && `date >= ${timestamp(filter.date[0])} AND date < ${timestamp(filter.date[1])}`,
  };
  const where = (own, extra) => {
    const clauses = Object.entries(predicates).filter(([name, sql]) => sql && name !== own).map(([, sql]) => sql);
    if (extra) clauses.push(extra);
    return clauses.length ? `WHERE ${clauses.join(" AND ")}` : "";
  };
  const bins = (column, from, width, to, own) =>
    `SELECT ((${column} - ${from}) // ${width})::INT b, count(*)::INT n FROM flights ` +
    `${where(own, `${column} >= ${from} AND ${column} < ${to}`)} GROUP BY 1`;
  return {
    K: `SELECT count(*)::INT n, avg(delay) a, avg((delay > 15)::INT) s FROM flights ${where()}`,
    L: `SELECT date_trunc('day', date)::DATE d, count(*)::INT n FROM flights ${where("date")} GROUP BY 1`,
    H1: bins("delay", -60, 10, 180, "delay"),
    H2: bins("distance", 0, 200, 5000),
    H3: `SELECT hour(date)::INT b, count(*)::INT n FROM flights ${where()} GROUP BY 1`,
    B1: `SELECT origin k, count(*)::INT n FROM flights ${where("origin")} GROUP BY 1 ORDER BY n DESC, k LIMIT 20`,
    B2: `SELECT destination k, count(*)::INT n, avg(delay) a FROM flights ${where()} GROUP BY 1 ORDER BY n DESC, k LIMIT 20`,
  };
}

const OWN_VIEW = { delay: "H1", origin: "B1", date: "L" };

async function setFilter(filter) {
  const active = Object.keys(filter);
  const own = active.length === 1 ? OWN_VIEW[active[0]] : undefined;
  const wanted = Object.entries(queries(filter)).filter(([view]) => view !== own);
  await Promise.all(wanted.map(async ([view, sql]) => void (current[view] = await connection.query(sql))));
}

function results() {
  const rows = (view, ...names) => {
    const columns = names.map((name) => current[view].getChild(name));
    return Array.from({ length: current[view].numRows }, (_, row) => columns.map((column) => column.get(row)));
  };
  const dense = (view, n) => {
    const counts = new Array(n).fill(0);
    for (const [bin, count] of rows(view, "b", "n")) if (bin >= 0 && bin < n) counts[bin] = count;
    return counts;
  };
  const days = rows("L", "d", "n").map(([day, n]) => [Math.floor(Number(day) / DAY_MS), n]);
  return {
    K: rows("K", "n", "a", "s")[0].map(Number),
    L: days.sort((a, b) => a[0] - b[0]),
    H1: dense("H1", 24),
    H2: dense("H2", 25),
    H3: dense("H3", 24),
    B1: rows("B1", "k", "n"),
    B2: rows("B2", "k", "n", "a"),
  };
}

async function load() {
  const bytes = fetch(here("data/flights-3m.parquet")).then((response) => response.arrayBuffer());
  const parquet = initParquet({ module_or_path: here("parquet_wasm_bg.wasm") });
  const database = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), new Worker(here("duckdb-browser-eh.worker.js")));
  await database.instantiate(here("duckdb-eh.wasm"));
  await database.open({ path: ":memory:", query: { castBigIntToDouble: true } });
  connection = await database.connect();
  await parquet;
  const ipc = readParquet(new Uint8Array(await bytes)).intoIPCStream();
  await connection.insertArrowFromIPCStream(ipc, { name: "flights", create: true });
  await setFilter({});
  return performance.now();
}

globalThis.peer = { setFilter, results };
globalThis.loaded = load();
