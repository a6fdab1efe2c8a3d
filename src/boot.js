// Start-up, before any wasm runs: everything that the page needs is asked for at once. The names are filled in by
// `cargo xtask finish-build`, which also gives this file its hashed name.
const here = (name) => new URL(name, import.meta.url);
const compile = async (url) => {
  const response = await fetch(url);
  const streamed = response.headers.get("Content-Type") === "application/wasm";
  return streamed ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
};
const text = async (url) => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname}: status ${response.status}`);
  return response.text();
};
const workerModule = compile(here("WORKER_WASM"));
const dashboard = text(new URL(document.querySelector("link#tarn-dashboard").href));
for (const promise of [workerModule, dashboard]) promise.catch(() => {}); // the app awaits them and reports
globalThis.tarnBoot = { workerScript: here("WORKER_SCRIPT").href, workerModule, dashboard };

const appModule = compile(here("APP_WASM"));
const { default: init } = await import(here("APP_SCRIPT"));
await init({ module_or_path: await appModule });
