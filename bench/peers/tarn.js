// Runs in Tarn's page before its own scripts: `window.tarn` as the bench's API.
{
  const rows = (view) => window.tarn.result(view).rows;
  const counts = (view) => rows(view).map((row) => row[1]);
  const day = (text) => Date.parse(text.length > 10 ? `${text}Z` : text) / 86_400_000;
  const date = (ms) => new Date(ms).toISOString().slice(0, 10);
  const api = {
    load: () => window.tarn.ready(),
    setFilter: ({ delay, origin, date: period }) =>
      window.tarn.setFilters({ delay: delay ?? null, origin: origin ? [origin] : null, period: period ? period.map(date) : null }),
    results: () => ({
      K: ["K1", "K2", "K3"].map((view) => rows(view)[0][0]),
      L: rows("L").map(([at, n]) => [day(at), n]),
      H1: counts("H1"), H2: counts("H2"), H3: counts("H3"), B1: rows("B1"), B2: rows("B2"),
    }),
  };
  Object.defineProperty(window, "tarn", {
    configurable: true,
    get: () => undefined,
    set: (tarn) => {
      Object.defineProperty(window, "tarn", { value: tarn, writable: true, configurable: true });
      window.boot(api);
    },
  });
}
