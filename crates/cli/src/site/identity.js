// Who is looking? Only sites with `access:` have this script. It runs before the start-up script, asks the proxy for the viewer's
// claims, lets nothing of another viewer remain, and chooses the dashboard. The proxy protects the files; this only knows
// which of them to ask for.
const config = ACCESS_CONFIG;

const LOOK_AGAIN_MS = 60_000;
const REFUSED_AGAIN_MS = 5_000;
const LOGIN_PAUSE_MS = 30_000;
const RELOAD_PAUSE_MS = 5_000;
const WIPE_PATIENCE_MS = 5_000;
const SILENT_MS = 10_000;
// A page in the frame that is no way back yet: one that leads on by itself does so by then, one that asks for a password never does.
const SILENT_REST_MS = 2_000;
const folder = new URL(".", document.baseURI).pathname;
const LAST = `tarn-viewer ${folder}`, NAMES = "tarn-databases", LOGIN = "tarn-login", RELOAD = "tarn-reload";

// Storage may be forbidden: then nothing is kept either.
const item = (area, key) => { try { return JSON.parse(area()[key] ?? "null"); } catch { return null; } };
const keep = (area, key, value) => { try { area()[key] = JSON.stringify(value); } catch { /* not kept */ } };
const drop = (area, key) => { try { area().removeItem(key); } catch { /* not kept */ } };
const local = () => localStorage, session = () => sessionStorage;

// --- what the provider says -------------------------------------------------------------------------------------------------

// Every value at the path; lists are looked through, `[a=b]` keeps the items with that value.
const follow = (answer, path) => path.split(".").reduce((values, step) => {
  const where = /^\[(.+)=(.+)\]$/.exec(step);
  return values.flat().flatMap((value) => {
    if (value === null || typeof value !== "object") return [];
    if (where) return value[where[1]] === where[2] ? [value] : [];
    return Object.hasOwn(value, step) ? [value[step]] : [];
  });
}, [answer]).flat().filter((value) => typeof value === "string" || typeof value === "number").map(String);
const claim = (answer, name) => config.claims[name].split(" | ").map((path) => follow(answer, path)).find((values) => values.length) ?? [];

const hex = async (text) => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].slice(0, 12).map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

// A claim chooses a folder or a file, and nothing else.
const fit = (value) => value !== undefined && value.length <= 256 && !/^\.{0,2}$|[/\\\p{Cc}\p{Cs}]/u.test(value);

const viewerOf = async (answer) => {
  const [subject] = claim(answer, "subject");
  if (!subject) return null;
  const groups = [...new Set(claim(answer, "groups"))].sort();
  const known = new Set(await Promise.all(groups.map((group) => hex(`tarn group\n${group}`))));
  const set = config.sets.find(({ needs }) => needs.every((any) => any.some((group) => known.has(group))));
  const used = config.used.map((name) => [name, claim(answer, name)[0]]).filter(([, value]) => fit(value));
  const claims = used.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  const identity = await hex(JSON.stringify(["tarn viewer", subject, groups]));
  const site = await hex(folder);
  const database = `${identity}-${site}-${await hex(claims)}`;
  return { identity, site, database, worker: claims ? `${database}?${claims}` : database, dashboard: set?.dashboard ?? null, name: claim(answer, "name")[0] ?? subject, at: Date.now() };
};

// --- asking -----------------------------------------------------------------------------------------------------------------

const ask = async () => {
  let response;
  try {
    response = await fetch(config.whoami, { headers: { Accept: "application/json" }, cache: "no-store", redirect: "manual" });
  } catch {
    return { state: "unknown" };
  }
  // A proxy that wants a login redirects, or answers with its page.
  if (response.type === "opaqueredirect" || response.status === 401) return { state: "expired" };
  if (response.status === 403) return { state: "forbidden" };
  if (response.status >= 500 || response.status === 429) return { state: "unknown" };
  if (!response.ok) return { state: "missing", status: response.status };
  try {
    const viewer = await viewerOf(await response.json());
    return viewer ? { state: "known", viewer } : { state: "expired" };
  } catch {
    return { state: "expired" };
  }
};

// --- nothing of another viewer remains --------------------------------------------------------------------------------------

const mine = (name, viewer) => {
  const [identity, site] = name.slice("tarn-1-".length).split("-");
  return viewer && identity === viewer.identity && (site !== viewer.site || name === `tarn-1-${viewer.database}`);
};
const remove = (name) => new Promise((resolve, reject) => {
  const request = indexedDB.deleteDatabase(name);
  request.onsuccess = resolve;
  request.onerror = () => reject(request.error);
  setTimeout(() => reject(new Error(`${name} is in use`)), WIPE_PATIENCE_MS);
});
// A public site that was here before this one has left its service worker.
const dismiss = async () => {
  const scope = new URL(".", document.baseURI).href;
  const registrations = await navigator.serviceWorker?.getRegistrations() ?? [];
  await Promise.all(registrations.filter((registration) => registration.scope === scope).map((registration) => registration.unregister()));
  const names = await globalThis.caches?.keys() ?? [];
  await Promise.all(names.filter((name) => name.startsWith(`tarn-shell ${scope} `)).map((name) => caches.delete(name)));
};
const wipe = async (viewer) => {
  const dismissed = dismiss().catch(() => {}); // storage may be forbidden
  if (globalThis.indexedDB) {
    // Not every browser can list them.
    const listed = await indexedDB.databases?.().catch(() => []) ?? [];
    const names = new Set([...listed.map(({ name }) => name), ...item(local, NAMES) ?? []]);
    await Promise.all([...names].filter((name) => name.startsWith("tarn-1-") && !mine(name, viewer)).map(remove));
    keep(local, NAMES, [...names].filter((name) => mine(name, viewer)));
  }
  for (const key of (() => { try { return Object.keys(localStorage); } catch { return []; } })()) {
    if (key.startsWith("tarn-viewer ") && item(local, key)?.identity !== viewer?.identity) drop(local, key);
  }
  await dismissed;
};

// --- what a person sees when there is no dashboard --------------------------------------------------------------------------

const tell = (title, words, action, act) => {
  const element = (name, text) => Object.assign(document.createElement(name), { textContent: text });
  const box = Object.assign(document.createElement("main"), { className: "fatal" });
  box.setAttribute("role", "alert");
  box.append(element("h1", title), element("p", words), Object.assign(element("button", action), { className: "button", onclick: act }));
  document.body.replaceChildren(box);
  document.title = title;
};
const reload = () => location.reload();

// --- who has no session -----------------------------------------------------------------------------------------------------

// The address holds the state of the page, so the way back leads to the same view.
const here = () => location.pathname + location.search + location.hash;
const loginTo = (address) => config.login.replace("{url}", encodeURIComponent(address));
const goToLogin = () => {
  keep(session, LOGIN, Date.now());
  if (config.login) location.assign(loginTo(here()));
  else location.reload();
};
// One navigation, and no second one when that did not help.
const login = () => {
  const last = item(session, LOGIN);
  if (last && Date.now() - last < LOGIN_PAUSE_MS) {
    tell("You are not signed in", "Signing in did not work. Try again; if it stays, allow cookies for this site or tell its owner.", "Sign in", goToLogin);
  } else {
    goToLogin();
  }
};

// The provider may still know the viewer: a hidden frame then goes the way of a login and comes back with a session, and nothing of the
// page is lost.
const inFrame = () => new Promise((resolve) => {
  const landing = new URL(config.silent, document.baseURI).pathname;
  const frame = Object.assign(document.createElement("iframe"), { hidden: true, title: "", src: config.login ? loginTo(landing) : landing });
  // It may not lead the whole page away.
  frame.setAttribute("sandbox", "allow-forms allow-same-origin allow-scripts");
  let answer = { state: "expired" }, rest;
  const end = () => {
    clearTimeout(limit);
    clearTimeout(rest);
    frame.remove();
    resolve(answer);
  };
  const limit = setTimeout(end, SILENT_MS);
  frame.onload = async () => {
    answer = await ask();
    clearTimeout(rest);
    if (answer.state === "expired") rest = setTimeout(end, SILENT_REST_MS);
    else end();
  };
  document.body.append(frame);
});
let renewed = 0, renewing;
// Once for one end of a session, by one tab at a time: the next one finds what it has done.
const silently = () => renewing ??= (async () => {
  if (!config.silent || Date.now() - renewed < LOGIN_PAUSE_MS) return { state: "expired" };
  renewed = Date.now();
  const turn = async () => {
    const answer = await ask();
    return answer.state === "expired" ? inFrame() : answer;
  };
  return navigator.locks ? navigator.locks.request(`tarn-login ${folder}`, turn) : turn();
})().finally(() => { renewing = undefined; });

// Tabs that ask the same address the same way: a viewer is the same in all of them.
const channel = globalThis.BroadcastChannel && new BroadcastChannel(JSON.stringify(["tarn viewer", config.whoami, config.claims.subject, config.claims.groups]));
const say = (viewer) => channel?.postMessage({ identity: viewer?.identity ?? null });

const signOut = async () => {
  document.body.replaceChildren();
  // Or the data worker would write its next answer into a database that is no more, and make it anew.
  globalThis.tarnBoot?.end();
  say(null);
  await wipe(null).catch(() => {});
  if (config.logout) location.assign(config.logout);
  else location.reload();
};
const noRole = (viewer) => tell(
  "This dashboard is not shared with you",
  viewer ? `You are signed in as ${viewer.name}. Ask the owner of the dashboard for access, or sign in with another account.` : "Ask the owner of the dashboard for access, or sign in with another account.",
  config.logout ? "Sign out" : "Try again", config.logout ? signOut : reload,
);

// --- while the page is open -------------------------------------------------------------------------------------------------

// What is on this screen is another viewer's. It goes at once; the page starts anew, but never in a circle.
const leave = () => {
  document.body.replaceChildren();
  const last = item(session, RELOAD);
  keep(session, RELOAD, Date.now());
  if (last && Date.now() - last < RELOAD_PAUSE_MS) tell("Somebody else has signed in", "Reload to go on as the account that is signed in now.", "Reload", reload);
  else reload();
};

let asked = 0;
const watch = (viewer) => {
  channel?.addEventListener("message", ({ data }) => { if (data.identity !== viewer.identity) leave(); });
  const again = async (pause) => {
    if (Date.now() - asked < pause) return;
    asked = Date.now();
    const first = await ask();
    const { state, viewer: now } = first.state === "expired" ? await silently() : first;
    if (state === "expired") login();
    else if (state === "forbidden" || (state === "known" && (now.worker !== viewer.worker || now.dashboard !== viewer.dashboard))) leave();
    else if (state === "known") {
      keep(local, LAST, now);
      // What was refused is asked for again.
      if (first.state === "expired") dispatchEvent(new Event("tarn-signed-in"));
    }
  };
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") again(LOOK_AGAIN_MS); });
  // A page that the browser puts aside shows nothing when somebody comes back to it, whoever is signed in by then: the start-up script
  // has ended its worker, and begins it anew.
  addEventListener("pagehide", ({ persisted }) => { if (persisted) document.body.replaceChildren(); });
  // The page says so when a store refuses: the session may be over, or a group lost.
  addEventListener("tarn-forbidden", () => again(REFUSED_AGAIN_MS));
};

const start = async () => {
  if (!globalThis.crypto?.subtle) {
    tell("This dashboard needs a secure connection", "Open it with https:// – without it the browser cannot keep viewers apart.", "Open", () => { location.protocol = "https:"; });
    return new Promise(() => {});
  }
  const { state, viewer: found, status } = await ask();
  let viewer = found;
  if (state === "expired") login();
  if (state === "forbidden") {
    await wipe(null).catch(() => {});
    noRole();
  }
  if (state === "missing") tell("This page cannot tell who you are", `The address ${config.whoami} answered with status ${status}. The owner of the site has to configure it.`, "Reload", reload);
  if (state === "unknown") {
    // The last viewer goes on for a while. The proxy still decides what it gives away.
    const last = item(local, LAST);
    viewer = last && Date.now() - last.at < config.maxStale * 1000 ? last : null;
    if (!viewer) tell("This page cannot tell who you are", "The sign-in service does not answer. Check the connection, then reload.", "Reload", reload);
  }
  if (!viewer) return new Promise(() => {});
  try {
    await wipe(viewer);
  } catch {
    tell("Another tab is in the way", "It shows this site for somebody else. Close the other tabs of this site, then reload.", "Reload", reload);
    return new Promise(() => {});
  }
  say(viewer);
  keep(local, LAST, viewer);
  drop(session, LOGIN);
  if (!viewer.dashboard) {
    noRole(viewer);
    return new Promise(() => {});
  }
  keep(local, NAMES, [...new Set([...item(local, NAMES) ?? [], `tarn-1-${viewer.database}`])]);
  watch(viewer);
  return { ...viewer, signOut };
};
globalThis.tarnViewer = start();
