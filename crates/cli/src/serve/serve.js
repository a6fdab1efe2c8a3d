// Only `tarn serve` puts this into the page: shows what was saved in the place of what was there, with the selections of the
// address, and says what is wrong with the file.
const boot = globalThis.tarnBoot;
if (boot) boot.shown = undefined; // no service worker: another dashboard may be served here next
const link = document.querySelector("link#tarn-dashboard");
let shown = link && new URL(link.href).pathname.split("/").pop();
let data = null;

// The data worker goes on with what it has loaded. One that died was replaced.
let worker = boot?.first.worker;
if (boot) {
  const { spawn } = boot;
  boot.spawn = () => {
    const spawned = spawn();
    worker = spawned.worker;
    return spawned;
  };
}

const encoded = (text) => new TextEncoder().encode(text);

const settled = async () => {
  try {
    await globalThis.tarn?.ready();
  } catch {
    // The former dashboard failed: all the more reason for the next one.
  }
};

const open = async (name) => {
  const response = await fetch(name);
  if (!response.ok) return;
  const compiled = new Uint8Array(await response.arrayBuffer());
  if (!globalThis.tarn) return location.reload();
  await settled(); // an answer to the former dashboard must not be taken for one to this
  worker.postMessage(boot.message(0, compiled, encoded(document.baseURI)));
  boot.dashboard = Promise.resolve(compiled);
  boot.first = { worker, ready: Promise.resolve(), inbox: [] };
  const top = scrollY;
  dispatchEvent(new Event("tarn-dashboard"));
  await boot.dashboard;
  scrollTo({ top, behavior: "instant" });
  shown = name;
};

const revalidate = () => {
  for (const { source } of globalThis.tarn?.status().sources ?? []) worker.postMessage(boot.message(3, encoded(source)));
};

const box = document.createElement("pre");
box.id = "tarn-problem";
box.setAttribute("role", "alert");
Object.assign(box.style, {
  position: "fixed", inset: "auto 0 0 0", zIndex: 1000, margin: 0, padding: "16px 24px", maxHeight: "60vh", overflow: "auto",
  font: "13px/1.5 ui-monospace, monospace", whiteSpace: "pre-wrap", color: "#fff", background: "#7f1d1d", boxShadow: "0 -4px 24px #0006",
});
const tell = (problem) => {
  box.textContent = problem ?? "";
  if (problem) document.body.append(box);
  else box.remove();
};

// Of `tarn explore`: the dashboard as a file, and another file in the place of this one.
const save = Object.assign(document.createElement("a"), { id: "tarn-save", textContent: "Save as YAML" });
Object.assign(save.style, {
  position: "fixed", right: "16px", bottom: "16px", zIndex: 999, padding: "8px 14px", borderRadius: "8px",
  font: "14px system-ui, sans-serif", color: "#fff", background: "#334155", textDecoration: "none", boxShadow: "0 2px 8px #0006",
});
const offer = (name) => {
  if (!name) return;
  if (!save.isConnected) {
    addEventListener("dragover", (event) => event.preventDefault());
    addEventListener("drop", async (event) => {
      event.preventDefault();
      const file = event.dataTransfer.files[0];
      if (!file) return;
      const query = new URLSearchParams({ name: file.name });
      const answer = await fetch(`tarn-serve/data?${query}`, { method: "POST", body: file, headers: { "X-Tarn-Explore": "1" } });
      if (answer.ok) location.assign("./");
      else tell(await answer.text());
    });
    document.body.append(save);
  }
  save.href = "tarn-serve/dashboard.yaml";
  save.download = name;
};

// One after the other: the last message wins.
let work = Promise.resolve();
const follow = async (now) => {
  if (!shown && now.dashboard) return location.reload();
  if (now.dashboard && now.dashboard !== shown) await open(now.dashboard);
  if (data !== null && now.data !== data) revalidate();
  data = now.data;
  tell(now.problem);
  offer(now.save);
};
const events = new EventSource("tarn-serve/events");
events.onmessage = (event) => {
  work = work.then(() => follow(JSON.parse(event.data))).catch((error) => tell(`the page could not follow the file: ${error.message}\nhint: reload it`));
};
