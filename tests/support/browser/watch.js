(() => {
  const seen = { violations: [], errors: [], workers: [], longTasks: [] };
  Object.defineProperty(globalThis, "seen", { value: seen });
  addEventListener("securitypolicyviolation", (event) => seen.violations.push(`${event.violatedDirective}: ${event.blockedURI}`));
  addEventListener("error", (event) => { if (event.message) seen.errors.push(event.message); });
  addEventListener("unhandledrejection", (event) => seen.errors.push(String(event.reason)));
  const Original = globalThis.Worker;
  globalThis.Worker = class Worker extends Original {
    constructor(...given) {
      super(...given);
      seen.workers.push(this);
    }
  };
  const observer = new PerformanceObserver((list) => seen.longTasks.push(...list.getEntries().map((entry) => [entry.startTime, entry.duration])));
  observer.observe({ type: "longtask" });
})();
