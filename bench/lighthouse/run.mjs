// node run.mjs SITE PORT OUT [TRIALS]
//
// Lighthouse (desktop) on a site that `tarn build --target nginx` wrote, before nginx with the configuration beside it. Exits with
// an error where one of the scores or the layout shift misses its goal in the middle of the trials.
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";

const [site, port, out, trials = "3"] = process.argv.slice(2);
const address = `http://127.0.0.1:${port}/`;
const CATEGORIES = ["performance", "accessibility", "best-practices"];
const LEAST_SCORE = 95;
const MOST_SHIFT = 0.02;

const middle = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Status and headers of a file as a browser asks for it. */
function asked(file) {
  return new Promise((resolve, reject) => {
    const request = http.get(address + file, { headers: { "Accept-Encoding": "gzip, deflate, br" } }, (response) => {
      response.resume();
      resolve(response);
    });
    request.on("error", reject);
  });
}

async function started() {
  for (let wait = 10; wait < 10_000; wait *= 2) {
    if (await asked("healthz").then(({ statusCode }) => statusCode === 200, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  throw new Error("nginx does not answer");
}

async function trial() {
  const chrome = await launch({ chromePath: process.env.CHROMIUM, chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
  try {
    const { lhr } = await lighthouse(address, { port: chrome.port, onlyCategories: CATEGORIES, logLevel: "error" }, desktopConfig);
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    return lhr;
  } finally {
    chrome.kill();
  }
}

const config = path.join(site, "nginx.conf");
const log = path.join(out, "nginx.log");
const own = fs.readFileSync(config, "utf8").replaceAll("/tmp/nginx", path.join(out, "nginx")).replaceAll("/dev/stdout", log);
fs.writeFileSync(config, own.replace("error_log stderr warn", `error_log ${log} warn`));
const program = fs.existsSync("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";
const nginx = spawn(program, ["-c", config, "-g", "daemon off;"], { stdio: "inherit" });
const reports = [];
try {
  await started();
  const page = await asked("index.html");
  if (page.headers["content-encoding"] !== "br") throw new Error(`index.html is sent as ${page.headers["content-encoding"]}`);
  for (let n = 1; n <= Number(trials); n++) {
    const [load] = os.loadavg();
    const report = await trial();
    reports.push(report);
    const scores = CATEGORIES.map((id) => `${id} ${Math.round(report.categories[id].score * 100)}`);
    const times = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "speed-index", "cumulative-layout-shift"];
    const values = times.map((id) => `${id} ${report.audits[id].displayValue.replace("\u{a0}", " ")}`);
    console.log(`trial ${n} (load ${load.toFixed(1)}): ${[...scores, ...values].join(" · ")}`);
  }
} finally {
  nginx.kill("SIGTERM");
  await once(nginx, "exit");
}

const missed = [];
const rows = CATEGORIES.map((id) => [id, middle(reports.map((report) => Math.round(report.categories[id].score * 100)))]);
for (const [id, score] of rows) if (score < LEAST_SCORE) missed.push(`${id}: ${score}, at least ${LEAST_SCORE} wanted`);
const shift = middle(reports.map((report) => report.audits["cumulative-layout-shift"].numericValue));
if (shift >= MOST_SHIFT) missed.push(`layout shift: ${shift}, less than ${MOST_SHIFT} wanted`);
const [first] = reports;
console.log(`\nLighthouse ${first.lighthouseVersion}, desktop, ${first.environment.hostUserAgent.match(/Chrome\/[\d.]+/)?.[0]}, ${trials} trials, the middle:`);
for (const [id, score] of rows) console.log(`  ${id.padEnd(16)} ${score}`);
console.log(`  ${"layout shift".padEnd(16)} ${shift.toFixed(4)}`);
for (const id of CATEGORIES) {
  for (const { id: audit, weight } of first.categories[id].auditRefs) {
    const { score, title } = first.audits[audit];
    if (weight > 0 && score !== null && score < 0.9) console.log(`  ${id}: ${title} (${audit}): ${score}`);
  }
}
fs.writeFileSync(path.join(out, "report.json"), JSON.stringify(first));
if (missed.length > 0) {
  console.error(missed.join("\n"));
  process.exit(1);
}
