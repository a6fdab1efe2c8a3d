// Tarn's page is the built page itself; this script, injected before it, maps `window.tarn` to the contract of api.js.
import "./api.js";

const DAY_MS = 86_400_000;
const iso = (ms) => new Date(ms).toISOString().slice(0, 10);

globalThis.loaded = new Promise((resolve, reject) => {
  Object.defineProperty(globalThis, "tarn", {
    configurable: true,
    set(tarn) {
      Object.defineProperty(globalThis, "tarn", { value: tarn, configurable: true, writable: true });
      tarn.ready().then(() => resolve(performance.now()), reject);
    },
  });
});

const workers = [];
globalThis.Worker = class extends globalThis.Worker {
  constructor(...given) {
    super(...given);
    workers.push(this);
  }
};

const rows = (view) => globalThis.tarn.result(view).rows;
const day = (text) => Math.floor(Date.parse(text.length === 10 ? text : `${text.replace(/Z$/, "")}Z`) / DAY_MS);

// The page updates its views, which the others do not have, before the promise goes on.
let there;
addEventListener("tarn-results", () => (there = performance.now()));

globalThis.peer = {
  async setFilter({ delay = null, origin = null, date = null }) {
    there = undefined;
    await globalThis.tarn.setFilters({ delay, origin: origin && [origin], date: date && date.map(iso) });
    return there;
  },
  async prepare(name) {
    const start = performance.now();
    await globalThis.tarn.prepare({ brush: "delay", category: "origin", date: "date" }[name]);
    return performance.now() - start;
  },
  /** A filter set in the moment in which the data worker dies: what no worker survives is a message that is none. */
  async outlive(step) {
    const start = performance.now();
    const n = workers.length;
    workers.at(-1).postMessage(new Uint8Array([255, 255, 255]));
    await globalThis.peer.setFilter(step);
    const ms = performance.now() - start;
    return { ms, replaced: workers.length - n, results: globalThis.peer.results() };
  },
  results() {
    return {
      K: ["k-count", "k-avg", "k-late"].map((view) => rows(view)[0][0]),
      L: rows("l").map(([date, n]) => [day(date), n]),
      H1: rows("h1").map(([, n]) => n),
      H2: rows("h2").map(([, n]) => n),
      H3: rows("h3").map(([, n]) => n),
      B1: rows("b1"),
      B2: rows("b2"),
    };
  },
};
