// The page /explore of a deployed site: a Parquet file is looked at where it lies, on the viewer's device. A data worker reads it by
// ranges, the explorer drafts a dashboard from what that one answers, and the application shows it. Nothing is sent, nothing is kept.
const root = document.documentElement;
const chosen = (() => { try { return localStorage.getItem("tarn-theme"); } catch { return null; } })();
root.dataset.theme = (chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches) ? "dark" : "light";
// What was chosen in another file's dashboard says nothing about the next one.
history.replaceState(null, "", location.pathname);

const words = {
  en: {
    title: "Explore a Parquet file", lead: "See what is in it: every column, its numbers over time, by category, and all of it filtered by a click.",
    drop: "Drop a file here", or: "or", choose: "Choose a file", stays: "Stays on this device.",
    promise: "The file is read by this browser alone. Nothing of it is sent, and nothing is kept: reload the page and it is gone.",
    address: "Or the address of one", open: "Open", addressNote: "This browser asks that address for it. Nothing is kept.",
    looking: "Looking at {name} …", reading: "Reading {name}: {done} of {of}", another: "Open another file", save: "Save as YAML", here: "on this device, not kept",
    empty: "{name} is empty.", unreadable: "{name} cannot be read: is it a folder, or was it moved?", next: "Choose another file.",
    secure: "Addresses begin with https:// here.", stopped: "Looking at {name} failed.", report: "Please report this to whoever runs this site.",
  },
  de: {
    title: "Eine Parquet-Datei erkunden", lead: "Was in ihr steckt: jede Spalte, ihre Zahlen über die Zeit und nach Kategorien, und alles mit einem Klick gefiltert.",
    drop: "Eine Datei hier ablegen", or: "oder", choose: "Datei auswählen", stays: "Bleibt auf diesem Gerät.",
    promise: "Die Datei liest nur dieser Browser. Nichts davon wird gesendet, und nichts wird behalten: Nach dem Neuladen ist es fort.",
    address: "Oder die Adresse einer Datei", open: "Öffnen", addressNote: "Dieser Browser fragt die Adresse danach. Nichts wird behalten.",
    looking: "{name} wird angesehen …", reading: "{name} wird gelesen: {done} von {of}", another: "Andere Datei öffnen", save: "Als YAML speichern", here: "auf diesem Gerät, nicht behalten",
    empty: "{name} ist leer.", unreadable: "{name} kann nicht gelesen werden: Ist es ein Ordner, oder wurde es verschoben?", next: "Bitte eine andere Datei wählen.",
    secure: "Adressen beginnen hier mit https://.", stopped: "{name} konnte nicht angesehen werden.", report: "Bitte dem Betreiber dieser Seite melden.",
  },
};
const say = (key, values = {}) => {
  const text = (words[root.lang.slice(0, 2)] ?? words.en)[key];
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
};
const megabytes = (bytes) => `${(bytes / 1e6).toLocaleString(root.lang, { maximumFractionDigits: 1 })} MB`;

const here = (name) => new URL(name, import.meta.url);
const compile = async (name) => {
  const response = await fetch(here(name));
  if (!response.ok) throw new Error(`${name}: status ${response.status}`);
  const streamed = response.headers.get("Content-Type") === "application/wasm";
  return streamed ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
};
// Asked for while somebody looks for the file.
const modules = [compile("WORKER_WASM"), compile("EXPLORER_WASM")];
for (const module of modules) module.catch(() => {});

const started = (worker) => new Promise((resolve, reject) => {
  worker.addEventListener("message", ({ data }) => { if (data === "ready") resolve(); });
  worker.addEventListener("error", (event) => reject(new Error(event.message || "a script could not be loaded")));
});
// The name is this worker's own: tabs that look at files of one name have nothing to tell each other.
const dataWorker = (subject) => {
  const worker = new Worker(here("DATA_WORKER"), { type: "module", name: `explore-${Date.now()}-${Math.random()}` });
  const ready = started(worker);
  modules[0].then((module) => worker.postMessage({ file: subject.file, module }));
  return { worker, ready };
};

// --- from a file to a dashboard -----------------------------------------------------------------------------------------------

// Asks and answers until there is a dashboard, or a reason why there is none.
const drafted = async (subject, progress) => {
  const data = dataWorker(subject);
  const explorer = new Worker(here("EXPLORER_SCRIPT"), { type: "module" });
  const begun = started(explorer);
  modules[1].then((module) => explorer.postMessage([module]));
  try {
    await Promise.all([...modules, data.ready, begun]);
    const draft = await new Promise((resolve, reject) => {
      for (const worker of [explorer, data.worker]) worker.onerror = (event) => reject(new Error(event.message));
      data.worker.onmessage = ({ data: answer }) => explorer.postMessage(answer);
      explorer.onmessage = ({ data: [what, ...said] }) => {
        if (what === "ask") data.worker.postMessage(said[0]);
        else if (what === "reading") progress(...said);
        else if (what === "done") resolve({ yaml: said[0], compiled: said[1] });
        else if (what === "failed") reject(Object.assign(new Error(said[0]), { hint: said[1], told: true }));
      };
      const language = root.lang.startsWith("en-GB") || root.lang === "en" ? null : root.lang;
      explorer.postMessage([subject.name, subject.source, document.baseURI, language]);
    });
    data.worker.onmessage = data.worker.onerror = null;
    return { ...draft, data };
  } catch (error) {
    data.worker.terminate();
    throw error;
  } finally {
    explorer.terminate();
  }
};

// --- what is seen -------------------------------------------------------------------------------------------------------------

const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};
const told = element("p", { className: "explore-told" });
told.setAttribute("role", "status");
const tell = (text, hint = "", failed = false) => {
  told.replaceChildren(text, ...(hint ? [element("span", { textContent: ` ${hint}` })] : []));
  told.classList.toggle("failed", failed);
};
const picker = () => {
  const input = element("input", { type: "file", accept: ".parquet,.parq,.pq", className: "visually-hidden", id: "file" });
  input.addEventListener("change", () => { openFile(input.files[0]); input.value = ""; });
  return input;
};
const icon = () => {
  const box = element("span", { className: "explore-icon" });
  box.setAttribute("aria-hidden", "true");
  for (const height of [40, 70, 55, 100, 80]) box.append(Object.assign(document.createElement("i"), { className: `h${height}` }));
  return box;
};

const addressForm = () => {
  const url = element("input", { type: "url", id: "url", required: true, placeholder: "https://…/orders.parquet", autocomplete: "off" });
  const form = element("form", { id: "address", className: "explore-address" },
    element("label", { htmlFor: "url", textContent: say("address") }), url, element("button", { className: "button", textContent: say("open") }),
    element("p", { className: "muted", textContent: say("addressNote") }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    openAddress(url.value);
  });
  return form;
};
const askForFile = () => {
  const zone = element("div", { id: "drop", className: "explore-drop" }, icon(),
    element("strong", { textContent: say("drop") }), element("span", { className: "muted", textContent: say("or") }), picker(),
    element("label", { htmlFor: "file", className: "button explore-choose", textContent: say("choose") }));
  const promise = element("p", { className: "explore-promise" }, element("strong", { textContent: say("stays") }), ` ${say("promise")}`);
  const more = root.dataset.addresses === undefined ? [] : [addressForm()];
  document.body.append(element("main", { className: "explore", id: "explore" },
    element("h1", { textContent: say("title") }), element("p", { className: "explore-lead", textContent: say("lead") }), zone, told, promise, ...more));
  document.title = say("title");
};

// Above the dashboard: what it shows, its text, and the way to another file.
let bar;
const showBar = (subject, yaml) => {
  const save = element("a", { id: "tarn-save", className: "button", textContent: say("save"), download: `${subject.name || "dashboard"}.yaml` });
  save.href = URL.createObjectURL(new Blob([yaml], { type: "application/yaml" }));
  if (bar) URL.revokeObjectURL(bar.querySelector("#tarn-save").href);
  const about = subject.file ? [megabytes(subject.file.size), say("here")] : [say("addressNote")];
  const next = element("section", { className: "explore-bar", ariaLabel: say("title") },
    element("p", {}, element("strong", { textContent: subject.shown }), element("span", { className: "muted", textContent: about.join(" · ") })),
    element("div", { className: "explore-actions" }, save, picker(), element("label", { htmlFor: "file", className: "button", textContent: say("another") })), told);
  if (bar) bar.replaceWith(next);
  else document.body.prepend(next);
  bar = next;
};

// --- from a dashboard to the screen -------------------------------------------------------------------------------------------

let shown; // what is looked at, and the data worker that reads it
const show = async (subject, { yaml, compiled, data }) => {
  history.replaceState(null, "", location.pathname);
  const former = shown;
  shown = { subject, worker: data.worker };
  document.querySelector("#explore")?.remove();
  showBar(subject, yaml);
  tell("");
  root.classList.add("explored");
  if (!globalThis.tarnBoot) {
    // The first worker of the start-up script is the one that knows the file already; those that replace it read it again.
    let first = data;
    const spawn = (start) => {
      const { worker, ready } = first ?? dataWorker(shown.subject);
      first = undefined;
      shown.worker = worker;
      return { worker, ready: Promise.all([ready, start]).then(([, message]) => { if (message) worker.postMessage(message); }) };
    };
    globalThis.tarnExplored = { module: modules[0], dashboard: Promise.resolve(compiled), spawn };
    await import(here("BOOT_SCRIPT"));
    return;
  }
  const boot = globalThis.tarnBoot;
  data.worker.postMessage(boot.message(0, compiled, new TextEncoder().encode(document.baseURI)));
  boot.dashboard = Promise.resolve(compiled);
  const inbox = [];
  data.worker.onmessage = ({ data: message }) => inbox.push(message);
  boot.first = { worker: data.worker, ready: Promise.resolve(), inbox };
  dispatchEvent(new Event("tarn-dashboard"));
  former.worker.terminate();
  scrollTo({ top: 0, behavior: "instant" });
};

// As boot.js does it. Here the page stays on the way back, as only it has the file; the worker is replaced.
addEventListener("pagehide", () => shown?.worker.terminate());
addEventListener("pageshow", (event) => {
  if (event.persisted) shown?.worker.dispatchEvent(new ErrorEvent("error", { message: "the page was left" }));
});

let newest = 0;
const open = async (subject) => {
  const turn = ++newest;
  const name = subject.shown;
  tell(say("looking", { name }));
  document.body.classList.add("explore-busy");
  const current = () => turn === newest;
  try {
    const progress = (done, of) => { if (current()) tell(say("reading", { name, done: megabytes(done), of: megabytes(of) })); };
    const draft = await drafted(subject, progress);
    if (current()) await show(subject, draft);
    else draft.data.worker.terminate();
  } catch (error) {
    if (!current()) return;
    if (error.told) tell(`${name}: ${error.message}`, [error.hint, say("next")].filter(Boolean).join(" "), true);
    else tell(say("stopped", { name }), `${say("report")} (${error.message})`, true);
  } finally {
    if (current()) document.body.classList.remove("explore-busy");
  }
};

const stem = (name) => name.replace(/\.[^.]*$/, "") || name;
const openFile = async (file) => {
  if (!file) return;
  const wrong = (key) => {
    newest += 1;
    document.body.classList.remove("explore-busy");
    tell(say(key, { name: file.name }), say("next"), true);
  };
  try {
    if (!(await file.slice(0, 4).arrayBuffer()).byteLength) return wrong("empty");
  } catch {
    return wrong("unreadable");
  }
  open({ file, shown: file.name, name: stem(file.name), source: file.name });
};
// An address may have a percent sign that begins no code.
const decoded = (text) => { try { return decodeURIComponent(text); } catch { return text; } };
const openAddress = (text) => {
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== location.protocol) return tell(say("secure"), "", true);
  const last = decoded(url.pathname.split("/").filter(Boolean).pop() ?? url.hostname);
  open({ shown: last, name: stem(last), source: url.href });
};

let depth = 0;
const over = (is) => document.body.classList.toggle("explore-over", is);
addEventListener("dragenter", (event) => { event.preventDefault(); depth += 1; over(true); });
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("dragleave", () => { depth = Math.max(0, depth - 1); over(depth > 0); });
addEventListener("drop", (event) => {
  event.preventDefault();
  depth = 0;
  over(false);
  openFile(event.dataTransfer.files[0]);
});

askForFile();
