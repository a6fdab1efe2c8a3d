// DuckDB-WASM as a dashboard would use it: the Parquet file is decoded by parquet-wasm (DuckDB's own Parquet extension is on no
// registry), the rows inserted as Arrow, and every view is a query of its own.
import * as duckdb from "@duckdb/duckdb-wasm";

const DAY = 86_400_000;
const OWN_VIEW = { delay: "H1", origin: "B1", date: "L" };
const url = (name) => new URL(name, location.href).href;
const timestamp = (ms) => `TIMESTAMP '${new Date(ms).toISOString().slice(0, 19).replace("T", " ")}'`;
const tables = {};
let connection;

const predicates = ({ delay, origin, date }) => ({
  delay: delay && `delay >= ${Math.ceil(delay[0] - 1e-9)} AND delay < ${Math.ceil(delay[1] - 1e-9)}`,
  origin: origin && `origin = '${origin}'`,
  date: date && `date >= ${timestamp(date[0])} AND date < ${timestamp(date[1])}`,
});

function queries(filters) {
  const all = Object.entries(predicates(filters)).filter(([, sql]) => sql);
  const where = (own, extra) => {
    const found = all.filter(([name]) => name !== own).map(([, sql]) => sql).concat(extra ?? []);
    return found.length ? `WHERE ${found.join(" AND ")}` : "";
  };
  return {
    K: `SELECT count(*)::INT n, avg(delay) a, avg((delay > 15)::INT) s FROM t ${where()}`,
    L: `SELECT date_trunc('day', date)::DATE d, count(*)::INT n FROM t ${where("date")} GROUP BY 1 ORDER BY 1`,
    H1: `SELECT ((delay + 60) // 10)::INT b, count(*)::INT n FROM t ${where("delay", "delay >= -60 AND delay < 180")} GROUP BY 1`,
    H2: `SELECT (distance // 200)::INT b, count(*)::INT n FROM t ${where(null, "distance >= 0 AND distance < 5000")} GROUP BY 1`,
    H3: `SELECT hour(date)::INT b, count(*)::INT n FROM t ${where()} GROUP BY 1`,
    B1: `SELECT origin k, count(*)::INT n FROM t ${where("origin")} GROUP BY 1 ORDER BY n DESC, k LIMIT 20`,
    B2: `SELECT destination k, count(*)::INT n, avg(delay) a FROM t ${where()} GROUP BY 1 ORDER BY n DESC, k LIMIT 20`,
  };
}

async function ask(filters) {
  const active = Object.keys(filters).filter((name) => filters[name]);
  const own = active.length === 1 ? OWN_VIEW[active[0]] : undefined;
  await Promise.all(Object.entries(queries(filters)).filter(([view]) => view !== own).map(async ([view, sql]) => { tables[view] = await connection.query(sql); }));
}

const rows = (view) => tables[view].toArray().map((row) => Object.values(row.toJSON()));
const bins = (view, n) => rows(view).reduce((counts, [bin, count]) => (counts[bin] = count, counts), new Array(n).fill(0));

window.boot({
  async load() {
    const file = fetch(url("data/flights-3m.parquet")).then((response) => response.arrayBuffer());
    const parquet = import("parquet-wasm/esm/parquet_wasm.js").then(async (module) => (await module.default({ module_or_path: url("parquet_wasm_bg.wasm") }), module));
    const database = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), new Worker(url("duckdb-browser-eh.worker.js")));
    await database.instantiate(url("duckdb-eh.wasm"), null);
    await database.open({ path: ":memory:", query: { castBigIntToDouble: true } });
    connection = await database.connect();
    const ipc = (await parquet).readParquet(new Uint8Array(await file)).intoIPCStream();
    await connection.insertArrowFromIPCStream(ipc, { name: "t", create: true });
    await ask({});
  },
  setFilter: ask,
  results: () => ({
    K: rows("K")[0], L: rows("L").map(([date, n]) => [Math.floor(Number(date) / DAY), n]),
    H1: bins("H1", 24), H2: bins("H2", 25), H3: bins("H3", 24), B1: rows("B1"), B2: rows("B2"),
  }),
});
