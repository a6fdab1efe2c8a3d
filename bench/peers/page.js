// Runs in every peer's page before its own scripts: the timed loop, so that the driver's round trip is not measured, and the
// long tasks. A page sets `window.api = { load(), setFilter({delay, origin, date}), results() }` through `window.boot`.
//   load(): resolves when every view of W has its unfiltered result on the main thread
//   setFilter(): resolves when the results of all OTHER views are on the main thread
//   results(): { K: [n, avg, share], L: [[epochDay, n]…], H1: [24], H2: [25], H3: [24], B1: [[origin, n]…], B2: [[destination, n, avg]…] }
window.ready = new Promise((resolve, reject) => {
  window.boot = (api) => {
    window.api = api;
    api.load().then(() => resolve(performance.now()), reject);
  };
});
window.longTasks = [];
new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: "longtask" });
window.runSteps = async (steps, checkedSteps) => {
  const latencies = [], results = {};
  window.longTasks.length = 0;
  for (const [i, step] of steps.entries()) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    const start = performance.now();
    await window.api.setFilter(step);
    latencies.push(performance.now() - start);
    if (checkedSteps.includes(i)) results[i] = window.api.results();
  }
  await window.api.setFilter({});
  return { latencies, results, longTasks: [...window.longTasks] };
};
