// Start-up, before any wasm runs: everything that the page needs is asked for at once, and the data worker compiles and
// starts beside the application. The names are filled in by `cargo xtask finish-build`, which also gives this file its
// hashed name.
const chosen = (() => { try { return localStorage.getItem("tarn-theme"); } catch { return null; } })();
const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
document.documentElement.dataset.theme = dark ? "dark" : "light";

const here = (name) => new URL(name, import.meta.url);
const compile = async (url) => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname}: status ${response.status}`);
  const streamed = response.headers.get("Content-Type") === "application/wasm";
  return streamed ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
};
const bytes = async (url) => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname}: status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
};

// The browser opens its storage meanwhile; the first to ask waits for that.
globalThis.indexedDB?.databases?.().catch(() => {});

// The page /explore has a dashboard that no address names, and a data worker that knows the file.
const explored = globalThis.tarnExplored;
const workerModule = explored?.module ?? compile(here("WORKER_WASM"));
// On a site with roles a script before this one asks who is looking: it chooses the dashboard, and the worker's name tells the
// worker whose storage it has.
const viewer = globalThis.tarnViewer && await globalThis.tarnViewer;
const dashboard = explored?.dashboard ?? bytes(new URL(viewer?.dashboard ?? document.querySelector("link#tarn-dashboard").href, document.baseURI));

// One data worker. It gets the compiled module with its first request, if that comes from here: no turn of the busy page lies
// between them. `ready` waits for the word that the module runs; later messages are the application's.
const workers = [];
const spawn = explored?.spawn ?? ((start) => {
  const worker = new Worker(here("WORKER_SCRIPT"), { type: "module", name: viewer?.worker });
  workers.push(worker);
  const ready = new Promise((resolve, reject) => {
    worker.addEventListener("message", ({ data }) => { if (data === "ready") resolve(); });
    worker.addEventListener("error", (event) => reject(new Error(event.message || "its script could not be loaded")));
    Promise.all([workerModule, start]).then((both) => worker.postMessage(both), reject);
  });
  // How much the cache may keep. The page asks, not the worker: in Chromium 156 a worker that ends before the answer comes
  // takes the whole tab with it (a null dereference), and a viewer who leaves at once ends it.
  ready.then(() => navigator.storage?.estimate?.()).then((room) => { if (room?.quota >= 0) worker.postMessage(room.quota); }).catch(() => {});
  return { worker, ready };
});

// A request of the protocol: the number of its variant, then bytes, each part after its length.
const message = (variant, ...parts) => {
  const content = [variant];
  for (const part of parts) {
    let { length } = part;
    for (; length > 127; length >>>= 7) content.push((length & 127) | 128);
    content.push(length);
    for (const byte of part) content.push(byte);
  }
  return Uint8Array.from(content);
};
// The first worker gets `Request::Start` from here, so that data travels while the application still compiles. What the
// worker says meanwhile is kept.
const start = dashboard.then((compiled) => message(0, compiled, new TextEncoder().encode(document.baseURI)));
const first = { ...spawn(start), inbox: [] };
first.worker.onmessage = ({ data }) => first.inbox.push(data);
for (const promise of [workerModule, dashboard, start, first.ready]) promise.catch(() => {}); // the application awaits and reports
// The application says when its first results are shown; what can wait comes after a moment of rest.
const shown = explored ? undefined : () => setTimeout(() => import(here("AFTER_SCRIPT")).catch(() => {}), 1500);
// For a page that never shows anything again: its workers would hold their databases open.
const end = () => { for (const worker of workers) worker.terminate(); };
// Nor must a page that is left: Firefox freezes it for the way back, its worker perhaps within a transaction, and then no page
// of this site gets another, nor is a former viewer's database deleted. On the way back the page begins anew.
addEventListener("pagehide", end);
addEventListener("pageshow", (event) => { if (event.persisted && !explored) location.reload(); });
globalThis.tarnBoot = { first, spawn, dashboard, message, viewer, shown, explored, end };

// Without the application there is nobody else to say so; after a trap it cannot go on either. `tarn build` wrote the
// words of a language that is not English into the page.
const english = "This page could not start\nThis page stopped working\nReload the page. If it stays, check the connection or tell the owner of the dashboard.\nReload";
const [notStarted, stopped, hint, reload] = (document.documentElement.dataset.words ?? english).split("\n");
const fail = (title, error) => {
  const line = (name, words) => Object.assign(document.createElement(name), { textContent: words });
  const box = Object.assign(document.createElement("main"), { className: "fatal" });
  box.setAttribute("role", "alert");
  const again = Object.assign(line("button", reload), { className: "button", onclick: () => location.reload() });
  box.append(line("h1", title), line("p", hint), again, line("code", String(error?.message ?? error)));
  document.body.replaceChildren(box);
};
const trapped = (error) => { if (error instanceof WebAssembly.RuntimeError) fail(stopped, error); };
addEventListener("error", (event) => trapped(event.error));
addEventListener("unhandledrejection", (event) => trapped(event.reason));
// A button pressed by Enter with a modifier is clicked with it (Shift adds to a choice or an order): Firefox leaves it out.
addEventListener("keydown", (event) => {
  const { key, target, shiftKey, ctrlKey, metaKey } = event;
  if (key !== "Enter" || !(shiftKey || ctrlKey || metaKey) || event.defaultPrevented || target.tagName !== "BUTTON") return;
  event.preventDefault();
  target.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, composed: true, shiftKey, ctrlKey, metaKey }));
});

try {
  const appModule = compile(here("APP_WASM"));
  // What draws the views. A page built for development has it in the one module.
  const later = "LATER_WASM";
  if (later) {
    globalThis.tarnBoot.later = compile(here(later));
    globalThis.tarnBoot.later.catch((error) => fail(notStarted, error));
  }
  const { default: init } = await import(here("APP_SCRIPT"));
  await init({ module_or_path: await appModule });
} catch (error) {
  fail(notStarted, error);
}
