// What the first visit must not wait for: runs when the first results are on the screen.
const site = new URL("./", import.meta.url);
// The files that tell this build, and this dashboard, from others.
const marks = 'script[src*="boot-"], script[src*="identity-"], link#tarn-dashboard:not([href*="roles/"])';
const own = [...document.querySelectorAll(marks)].map((element) => (element.src ?? element.href).split("/").pop());

// The page itself for times without a network. A build that waits until the pages of the former one are closed is told that
// this page is none of them.
const keep = async () => {
  const registration = await navigator.serviceWorker.register(new URL("sw.js", site));
  const tell = () => registration.waiting?.postMessage(own);
  const watch = (worker) => worker?.addEventListener("statechange", () => { if (worker.state === "installed") tell(); });
  tell();
  watch(registration.installing);
  registration.addEventListener("updatefound", () => watch(registration.installing));
};

// Storage that the browser does not clear by itself. Some browsers show a question: it is asked once, at the first click of
// somebody who came back.
const persist = async () => {
  const asked = localStorage.getItem("tarn-persist");
  if (asked === "asked" || !navigator.storage?.persist) return;
  if (!asked) return localStorage.setItem("tarn-persist", "seen");
  addEventListener("click", async () => {
    localStorage.setItem("tarn-persist", "asked");
    if (!(await navigator.storage.persisted())) await navigator.storage.persist();
  }, { once: true });
};

// On a site with roles only the proxy says who is looking, and nothing is kept for longer than it must be: neither of both.
if (!globalThis.tarnViewer) {
  if ("serviceWorker" in navigator) keep().catch(() => {});
  persist().catch(() => {});
}

// Whether the site now opens another build, or another dashboard, than this page's. What is no page of Tarn (a login form, an
// error) says nothing.
let told = false;
let asked = Date.now();
const look = async () => {
  asked = Date.now();
  const answer = await fetch(new URL("index.html", site), { cache: "no-cache" });
  const text = await answer.text();
  if (told || !answer.ok || !text.includes("tarn-boot") || own.every((name) => text.includes(name))) return;
  told = true;
  dispatchEvent(new Event("tarn-new-version"));
  await (await navigator.serviceWorker?.getRegistration(site))?.update();
};
const PAUSE_MS = 600_000;
const due = () => { if (!document.hidden && Date.now() - asked > PAUSE_MS) look().catch(() => {}); };
document.addEventListener("visibilitychange", due);
setInterval(due, PAUSE_MS);
addEventListener("online", () => look().catch(() => {}));
