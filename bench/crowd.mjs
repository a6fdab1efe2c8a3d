// node crowd.mjs SITE NGINX_PORT DATA.parquet PYTHON OUT_DIR TTL_SECS [VIEWERS] [SESSIONS]
//
// A crowd before the built site on nginx, with the configuration that `tarn build` wrote, and beside it the same page in Streamlit.
// The site's own ttl is RECORDED_TTL_SECS: the recorded viewer asks again after that, the crowd after TTL_SECS.
import fs from "node:fs";
import path from "node:path";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { record } from "./crowd/recorder.mjs";
import { crowd } from "./crowd/viewers.mjs";

const [site, port, data, python, out, ttl, viewers = "10000", sessions = "20"] = process.argv.slice(2);
const RECORDED_TTL_SECS = 20;
// Tabs that became stale in the same moment: their spread grows with the ttl.
const TABS_TTL_SECS = 60;
const here = import.meta.dirname;
const FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Processes below this one, itself included. */
function family(pid) {
  const children = fs.readdirSync(`/proc/${pid}/task`).flatMap((task) => {
    try {
      return fs.readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
    } catch {
      return [];
    }
  });
  return [pid, ...children.flatMap(family)];
}

/** Memory in bytes that belongs to the processes, shared pages by parts; and seconds of processor. */
function use(pid) {
  let bytes = 0, ticks = 0;
  for (const member of family(pid)) {
    bytes += 1024 * Number(/^Pss:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${member}/smaps_rollup`, "utf8"))[1]);
    const fields = fs.readFileSync(`/proc/${member}/stat`, "utf8").split(") ")[1].split(" ");
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return { bytes, cpu: ticks / 100 };
}

/** The most that the processes take while the work goes on. */
async function watched(pid, work) {
  const before = use(pid);
  let most = before.bytes, largest = 0;
  const timer = setInterval(() => (most = Math.max(most, use(pid).bytes)), 500);
  const result = await work().finally(() => clearInterval(timer));
  const after = use(pid);
  return { ...result, idle: before.bytes, most: Math.max(most, after.bytes), cpu: after.cpu - before.cpu };
}

const middle = (values, share = 0.5) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
const mb = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
const kb = (bytes) => `${(bytes / 1e3).toFixed(1)} kB`;

async function reachable(url) {
  for (let tries = 0; tries < 300; tries += 1) {
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      // Not yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not answer`);
}

async function ofTarn() {
  const config = path.join(site, "nginx.conf");
  const own = fs.readFileSync(config, "utf8").replaceAll("/tmp/nginx", path.join(out, "nginx")).replaceAll("/dev/stdout", path.join(out, "audit.log"));
  const errors = path.join(out, "nginx-errors.log");
  fs.writeFileSync(config, own.replace("error_log stderr warn", `error_log ${errors} warn`));
  for (const file of ["audit.log", "nginx-errors.log"]) fs.rmSync(path.join(out, file), { force: true });
  const program = fs.existsSync("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";
  const nginx = spawn(program, ["-c", config, "-g", "daemon off;"], { stdio: "inherit" });
  const target = `http://127.0.0.1:${port}/`;
  try {
    await reachable(`${target}healthz`);
    console.log("recording what one viewer asks for");
    const recording = await record(target, RECORDED_TTL_SECS, FLAGS);
    console.log(`  opening: ${recording.opened.length} requests; six filters: ${recording.filtered.length}; asking again: ${recording.revalidated.length}`);
    console.log(`${viewers} viewers open within ${ttl} s, filter, and ask again after 80 to 100 % of that`);
    const all = await watched(nginx.pid, () => crowd(target, Number(viewers), recording, ttl * 1e3, false));
    console.log(`1000 tabs whose data became stale in the same moment`);
    const tabs = await crowd(target, 1_000, recording, TABS_TTL_SECS * 1e3, true);
    return { recording, all, tabs, warnings: fs.readFileSync(errors, "utf8").trim().split("\n").filter(Boolean), logged: fs.readFileSync(path.join(out, "audit.log"), "utf8").split("\n").length - 1 };
  } finally {
    nginx.kill("SIGTERM");
    await once(nginx, "exit");
  }
}

async function ofStreamlit() {
  console.log(`${sessions} viewers of the same page in Streamlit`);
  const own = Number(port) + 1;
  const options = ["--server.headless", "true", "--server.address", "127.0.0.1", "--server.port", own, "--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none"];
  const server = spawn(python, ["-m", "streamlit", "run", path.join(here, "crowd/dashboard.py"), ...options.map(String)], { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, TTL_SECS: ttl, DATA: path.resolve(data) } });
  try {
    await reachable(`http://127.0.0.1:${own}/_stcore/health`);
    const run = (n, steps) => async () => {
      const client = spawn(python, [path.join(here, "crowd/sessions.py"), `ws://127.0.0.1:${own}`, n, steps, "2"].map(String), { stdio: ["pipe", "pipe", "inherit"] });
      let text = "";
      for await (const part of client.stdout) {
        text += part;
        if (text.endsWith("\n")) break;
      }
      const at = use(server.pid).bytes;
      client.stdin.end("\n");
      if (client.exitCode === null) await once(client, "exit");
      return { ...JSON.parse(text), at };
    };
    // The first viewer pays for the import of the libraries and for the table.
    const first = await watched(server.pid, run(1, 0));
    const all = await watched(server.pid, run(Number(sessions), 10));
    return { first, all };
  } finally {
    server.kill("SIGTERM");
    await once(server, "exit");
  }
}

const tarn = await ofTarn();
const streamlit = await ofStreamlit();
const { all, recording, tabs } = tarn;
const perSecond = new Map();
for (const at of tabs.revalidations) perSecond.set(Math.floor(at / 1e3), (perSecond.get(Math.floor(at / 1e3)) ?? 0) + 1);
const n = Number(viewers), s = Number(sessions);
const rows = [
  ["", "Tarn on nginx", "Streamlit"],
  ["viewers", n, s],
  ["server memory before the first viewer", mb(all.idle), mb(streamlit.first.idle)],
  ["server memory with all of them, at most", mb(all.most), mb(streamlit.all.most)],
  ["memory per viewer", kb((all.most - all.idle) / n), kb((streamlit.all.most - streamlit.first.idle) / s)],
  ["… without what the first one costs", kb((all.most - all.idle) / n), kb(Math.max(0, streamlit.all.most - streamlit.all.idle) / s)],
  ["errors", all.errors, streamlit.all.errors],
  ["requests (runs) per viewer", (all.requests / n).toFixed(1), (streamlit.all.runs / s).toFixed(1)],
  ["… of these for filters", recording.filtered.length, 10],
  ["bytes per viewer", kb(all.bytes / n), kb((streamlit.all.received + streamlit.all.sent) / s)],
  ["server's processor per viewer", `${((all.cpu / n) * 1e3).toFixed(1)} ms`, `${((streamlit.all.cpu / s) * 1e3).toFixed(0)} ms`],
  ["opening, the middle", `${recording.openMs.toFixed(0)} ms (one browser)`, `${middle(streamlit.all.opening).toFixed(0)} ms (data alone)`],
  ["a filter, the middle", `${middle(recording.filterMs).toFixed(0)} ms (in the browser)`, `${middle(streamlit.all.steps).toFixed(0)} ms (data alone)`],
  ["a filter, the slowest of twenty", `${middle(recording.filterMs, 0.95).toFixed(0)} ms`, `${middle(streamlit.all.steps, 0.95).toFixed(0)} ms`],
];
console.log(`\n${rows.map(([what, ...values]) => `| ${what} | ${values.join(" | ")} |`).join("\n")}\n`);
console.log(`nginx: ${all.requests} requests and ${mb(all.bytes)} in ${all.seconds.toFixed(0)} s, at most ${all.mostConnections} connections at once; replay of an opening ${middle(all.openMs).toFixed(0)} ms in the middle, ${middle(all.openMs, 0.95).toFixed(0)} ms for one in twenty`);
console.log(`1000 tabs, a ttl of ${TABS_TTL_SECS} s: asked again from ${(Math.min(...tabs.revalidations) / 1e3).toFixed(1)} to ${(Math.max(...tabs.revalidations) / 1e3).toFixed(1)} s, at most ${Math.max(...perSecond.values())} in a second, ${tabs.errors} errors`);
console.log(`nginx warned ${tarn.warnings.length} times${tarn.warnings.length ? `: ${tarn.warnings[0]}` : ""}; ${tarn.logged} lines in the audit log`);
for (const [problem, count] of [...all.problems, ...tabs.problems]) console.log(`${count} × ${problem}`);
if (all.errors || tabs.errors || streamlit.all.errors) process.exitCode = 1;
