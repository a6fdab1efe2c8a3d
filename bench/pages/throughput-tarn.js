// Tarn's page is the built page itself; this script, injected before it, maps `window.tarn` to what throughput.mjs asks for.
globalThis.ask = async (name, from, to) => {
  const { tarn } = globalThis;
  const page = tarn.pages().find((page) => page.views.some((view) => view.id === name));
  if (!page.current) await tarn.setPage(page.id);
  const start = performance.now();
  await tarn.setFilters({ value: [from, to] });
  const ms = performance.now() - start;
  const { queryMs } = tarn.status().views.find((view) => view.id === name);
  return { ms, queryMs, memory: tarn.status().workers[0].memoryBytes, answer: tarn.result(name).rows.map((row) => row.at(-1)) };
};

globalThis.loaded = new Promise((resolve, reject) => {
  Object.defineProperty(globalThis, "tarn", {
    configurable: true,
    set(tarn) {
      Object.defineProperty(globalThis, "tarn", { value: tarn, configurable: true, writable: true });
      tarn.ready().then(resolve, reject);
    },
  });
});
