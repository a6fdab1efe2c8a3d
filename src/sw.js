// The service worker: keeps the page itself, never its data, for times without a network. It answers for the files of its own
// build alone; everything else, each range of data among it, goes to the network without it. The list is filled in by
// `cargo xtask finish-build` and by `tarn build`; with an empty one it clears up and leaves, which switches it off for everybody.
const SHELL = {"version":"","files":[]};

const folder = new URL("./", self.location).href;
const index = `${folder}index.html`;
const prefix = `tarn-shell ${folder} `;
const kept = new Set(SHELL.files.map((file) => folder + file));
const open = () => caches.open(prefix + SHELL.version);
const PATIENCE_MS = 5000;

// All files or none. The page must be of this build: a deploy under way fails here, and the browser tries again later.
const install = async () => {
  const answer = await fetch(index, { cache: "no-cache" });
  const text = await answer.text();
  const own = SHELL.files.filter((file) => file.startsWith("boot-") || file.startsWith("dashboard-"));
  if (!answer.ok || own.some((file) => !text.includes(file))) throw new Error("the page is of another build");
  const cache = await open();
  await cache.addAll(SHELL.files.filter((file) => file !== "index.html").map((file) => folder + file));
  // An answer of its own: a server may have led here from another address, which no navigation may be answered with.
  const headers = new Headers(answer.headers);
  for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name);
  await cache.put(index, new Response(text, { headers }));
};

// Runs when no page of the former build is open any more. Pages of all builds are in good hands here: what is not of this
// build goes to the network.
const activate = async () => {
  for (const name of await caches.keys()) {
    if (name.startsWith(prefix) && (!kept.size || name !== prefix + SHELL.version)) await caches.delete(name);
  }
  if (!kept.size) return registration.unregister();
  // Where it cannot reach the network, Firefox shows its own error page whatever is answered here.
  if (!navigator.userAgent.includes("Firefox")) await registration.navigationPreload?.enable();
  await clients.claim();
};

// A page says which files it is made of. When they are of this build and no other page is open, nobody needs the former one.
const takeOver = async (names) => {
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const here = pages.filter(({ url }) => url.startsWith(folder));
  if (here.length === 1 && names.every((name) => kept.has(folder + name))) await skipWaiting();
};

// The network decides which build is opened; a page names all its files, so builds never mix.
const page = async (network) => {
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const answer = await Promise.race([network, patience]);
  if (answer && answer.status < 500) return answer;
  return (await (await open()).match(index)) ?? (await network) ?? Response.error();
};

const file = async (request, url) => (await (await open()).match(url)) ?? fetch(request);

addEventListener("install", (event) => event.waitUntil(kept.size ? install() : skipWaiting()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("message", (event) => event.waitUntil(takeOver(event.data)));
addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || request.headers.has("Range")) return;
  const [url] = request.url.split(/[?#]/);
  if (request.mode === "navigate") {
    if (!kept.has(index) || (url !== folder && url !== index)) return;
    const network = (async () => (await event.preloadResponse) ?? fetch(request))().catch(() => undefined);
    event.waitUntil(network);
    event.respondWith(page(network));
  } else if (kept.has(url) && url !== index) {
    event.respondWith(file(request, url));
  }
});
