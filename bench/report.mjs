// Statistics, the comparison with the truth, and the table.
export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

export const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];

/** One line per view that is not equal to the truth; numbers to a relative 1e-9. */
export function differences(step, got, truth) {
  const same = (a, b) => (Array.isArray(b) ? Array.isArray(a) && a.length === b.length && b.every((cell, i) => same(a[i], cell))
    : typeof b === "number" ? Math.abs(a - b) <= 1e-9 * Math.abs(b) : a === b);
  const wrong = Object.keys(truth).filter((view) => !same(got[view], truth[view]));
  return wrong.map((view) => `${step}, ${view}: ${JSON.stringify(got[view])?.slice(0, 80)}, not ${JSON.stringify(truth[view]).slice(0, 80)}`);
}

const ms = (value) => (value >= 100 ? Math.round(value).toLocaleString("en-GB") : value >= 10 ? value.toFixed(0) : value.toFixed(1));
const kB = (bytes) => Math.round(bytes / 1000).toLocaleString("en-GB");
const LABELS = { tarn: "Tarn", duckdb: "DuckDB-WASM 1.32" };

/** The published table: one row per measure, one column per peer. */
export function markdown(peers) {
  const line = (label, cell) => `| ${[label, ...peers.map(cell)].join(" | ")} |`;
  const span = (key) => (peer) => `${ms(peer[key].p50)} / ${ms(peer[key].p95)}`;
  return [
    line(`3,000,000 flights, medians of ${peers[0].trials}`, (peer) => LABELS[peer.name] ?? peer.name),
    `|${"---|".repeat(peers.length + 1)}`,
    line("runtime, kB raw", (peer) => kB(peer.size.raw)),
    line("runtime, kB gzip -9", (peer) => kB(peer.size.gzip)),
    line("runtime, kB brotli -11", (peer) => kB(peer.size.brotli)),
    line("navigation to the results of all views, ms", (peer) => ms(peer.cold)),
    line("… requests for data, kB of data", (peer) => `${peer.coldData.requests}, ${kB(peer.coldData.bytes)}`),
    line("reload within the TTL, ms", (peer) => ms(peer.warm)),
    line("… requests for data, kB of data", (peer) => `${peer.warmData.requests}, ${kB(peer.warmData.bytes)}`),
    line("I1, one brush move on the delay histogram, ms p50 / p95", span("I1")),
    line("… its first move, ms", (peer) => ms(peer.I1.first)),
    line("… tasks over 50 ms in 100 moves, the longest in ms", (peer) => `${peer.longTasks}, ${ms(peer.longestTask)}`),
    line("I2, one origin chosen, ms p50 / p95", span("I2")),
    line("I3, a window of 30 days moved, ms p50 / p95", span("I3")),
    line("results equal to native DuckDB's", (peer) => `${peer.checked - peer.wrong.length} of ${peer.checked}`),
  ].join("\n");
}
