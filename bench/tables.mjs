// node tables.mjs SITE USERS.parquet [TRIALS]
//
// A table of a million rows, and a filter list of a hundred thousand values: each trial in a new browser with an empty profile.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { serve } from "./server.mjs";

const [site, dataFile, trials = "5"] = process.argv.slice(2);
const N_ROWS = 1_000_000;
/** From the moment that a hand comes to a tab until it clicks. */
const STAY_MS = 500;

/** What a trial does in the page. Times run from an event until what it leads to is on the screen. */
function contract() {
  const note = (list) => globalThis.longTasks.push(...list.getEntries().map((entry) => entry.duration));
  globalThis.longTasks = [];
  new PerformanceObserver(note).observe({ entryTypes: ["longtask"] });
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const painted = async () => {
    await frame();
    await new Promise((resolve) => setTimeout(resolve));
  };
  const until = (holds) =>
    new Promise((resolve, reject) => {
      const look = () => {
        if (!holds()) return;
        observer.disconnect();
        clearTimeout(late);
        resolve();
      };
      const late = setTimeout(() => reject(new Error(`not within 20 s: ${holds}`)), 20_000);
      const observer = new MutationObserver(look);
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
      look();
    });
  const box = () => document.querySelector(".table-scroll");
  /** The cells of the rows in sight, a list for each. */
  const inSight = () => {
    const { top, bottom } = box().getBoundingClientRect();
    const rows = [...box().querySelectorAll("tbody tr:not(.spacer):not(.gone)")].filter((row) => {
      const place = row.getBoundingClientRect();
      return place.bottom > top + 40 && place.top < bottom - 40;
    });
    return rows.map((row) => [...row.cells]);
  };
  const shown = () => document.querySelector("[data-view=users]")?.dataset.state === "ready" && inSight()[0]?.[0]?.innerText;
  const values = () => [...document.querySelectorAll("#menu-city .value:not(.gone) .value-name")].map((name) => name.innerText);

  globalThis.trial = {
    /** From the click on the page's tab until its rows are painted. */
    async open() {
      const start = performance.now();
      [...document.querySelectorAll("a.tab")].find((tab) => tab.innerText === "Many").click();
      await until(shown);
      await painted();
      return performance.now() - start;
    },
    /** From the choice of a third of the rows until the first of their groups are painted. */
    async filter(region) {
      const start = performance.now();
      await globalThis.tarn.setFilter("region", [region]);
      await until(() => shown() && inSight().every((cells) => cells[1].innerText === region));
      await painted();
      return performance.now() - start;
    },
    /** From the click on a column's name until the rows in the new order are painted. */
    async sort(column, shiftKey) {
      const head = document.querySelectorAll("[data-view=users] thead th")[column];
      const before = [...head.parentElement.cells].map((cell) => cell.ariaSort + cell.innerText).join();
      const first = () => inSight()[0]?.map((cell) => cell.innerText).join();
      const rows = first();
      const start = performance.now();
      head.querySelector("button").dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey }));
      await globalThis.tarn.ready();
      await until(() => [...head.parentElement.cells].map((cell) => cell.ariaSort + cell.innerText).join() !== before && first());
      await painted();
      return { ms: performance.now() - start, moved: first() !== rows };
    },
    /** The scroll bar dragged over all rows in so many frames: how many of them lacked values in sight, and how long each took. */
    async drag(frames) {
      const most = box().scrollHeight - box().clientHeight;
      const lacking = [];
      for (let at = 0; at <= frames; at++) {
        box().scrollTop = (most * at) / frames;
        await frame();
        lacking.push(inSight().filter((cells) => cells.at(-1).textContent.trim() === "").length);
      }
      const rest = performance.now();
      await until(() => inSight().every((cells) => cells.at(-1).textContent.trim() !== ""));
      return { empty: lacking.filter((n) => n > 0).length / lacking.length, settled: performance.now() - rest };
    },
    async wheel(steps) {
      for (let at = 0; at < steps; at++) {
        box().scrollTop += 240;
        await frame();
      }
    },
    /** From the click on the filter until its values are painted. */
    async list() {
      const button = document.querySelector('[popovertarget="menu-city"]');
      const start = performance.now();
      button.click();
      await until(() => values().length >= 8 && values().every((name) => name !== "…"));
      await painted();
      return performance.now() - start;
    },
    /** From a typed letter until the list answers it, and how long the page itself was busy. */
    async type(text) {
      const input = document.querySelector("#menu-city input[type=search]");
      const remark = () => document.querySelector("#menu-city .menu-foot")?.innerText;
      const said = remark();
      input.value = text;
      const start = performance.now();
      input.dispatchEvent(new InputEvent("input", { bubbles: true }));
      const busy = performance.now() - start;
      await until(() => remark() !== said && values().every((name) => name.toLowerCase().includes(text.toLowerCase())));
      return { ms: performance.now() - start, busy };
    },
  };
}

/** In a browser with an empty profile, on the page with few rows, once it is ready. */
async function inPage(server, run) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), "tarn-bench-"));
  const options = { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", chromiumSandbox: false, args: ["--disable-gpu", "--no-first-run"] };
  const context = await chromium.launchPersistentContext(profile, options);
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    const errors = [];
    page.on("pageerror", (error) => errors.push(`${error}`));
    await page.addInitScript(contract);
    await page.goto(`${server.origin}/`);
    await page.waitForFunction(() => globalThis.tarn);
    await page.evaluate(() => globalThis.tarn.ready());
    return { ...(await run(page)), errors };
  } finally {
    await context.close();
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The table opened after the pointer has been at its tab for so long. */
const stayed = (server) =>
  inPage(server, async (page) => {
    await page.hover("text=Many");
    await page.waitForTimeout(STAY_MS);
    return { opened: await page.evaluate(() => globalThis.trial.open()) };
  });

const trial = (server) =>
  inPage(server, async (page) => {
    const ask = (name, ...given) => page.evaluate(([name, given]) => globalThis.trial[name](...given), [name, given]);
    const longTasks = () => page.evaluate(() => globalThis.longTasks.splice(0));
    const spent = () => page.evaluate(() => [globalThis.tarn.status().sources[0].decodeMs, globalThis.tarn.status().queryMs]);
    const [known] = await spent();
    const counted = await ask("open");
    const [read, query] = await spent();
    const outcome = { counted, decode: read - known, query, filtered: [], opened: [], sorts: [], sorted: [], keys: [], busy: [], list: [] };
    for (let again = 0; again < 3; again++) {
      await page.evaluate(() => document.querySelector("a.tab").click());
      await page.waitForFunction(() => !document.querySelector(".table-scroll"));
      outcome.opened.push(await ask("open"));
    }
    for (const region of ["north", "south", "west"]) outcome.filtered.push(await ask("filter", region));
    await page.evaluate(() => globalThis.tarn.clearFilters());
    const n = await page.evaluate(() => globalThis.tarn.result("users").rowsInAll);
    if (n !== N_ROWS) throw new Error(`the table has ${n} rows`);
    await longTasks();
    // Each column both ways for the first time, then two and three of them; then all orders again.
    const clicks = [[1], [1], [0], [0], [3], [3], [4], [4], [2], [2], [1, 3], [1, 3, 0]];
    for (const kind of ["sorts", "sorted"]) {
      for (const columns of clicks) {
        let last;
        for (const [at, column] of columns.entries()) last = await ask("sort", column, at > 0);
        outcome[kind].push(last.ms);
      }
    }
    outcome.sortTasks = await longTasks();
    await page.evaluate(() => (document.querySelector(".table-scroll").scrollTop = 0));
    await ask("wheel", 200);
    outcome.wheelTasks = await longTasks();
    const slow = await ask("drag", 240);
    const fast = await ask("drag", 30);
    outcome.drags = { slow, fast };
    outcome.dragTasks = await longTasks();
    for (let again = 0; again < 3; again++) {
      outcome.list.push(await ask("list"));
      await page.keyboard.press("Escape");
    }
    await ask("list");
    for (const text of ["7", "70", "700", "7001", "700", "70", "7", "city 7", "city 77", "city 777", "city 7777", "city 77", "city"]) {
      const { ms, busy } = await ask("type", text);
      outcome.keys.push(ms);
      outcome.busy.push(busy);
    }
    outcome.listTasks = await longTasks();
    return outcome;
  });

const sorted = (values) => [...values].sort((a, b) => a - b);
const median = (values) => sorted(values)[values.length >> 1];
const server = await serve(site, dataFile, path.basename(dataFile));
const outcomes = [];
try {
  for (let n = 0; n < Number(trials); n++) {
    const after = await stayed(server);
    const outcome = await trial(server);
    outcomes.push({ ...outcome, stayed: after.opened, errors: [...outcome.errors, ...after.errors] });
    console.error(`trial ${n + 1}: first sort of a column ${median(outcomes.at(-1).sorts).toFixed(0)} ms`);
  }
} finally {
  await server.stop();
}

const of = (pick) => outcomes.flatMap(pick);
const ms = (value) => value.toFixed(value < 10 ? 1 : 0);
const times = (pick) => `${ms(median(of(pick)))} / ${ms(Math.max(...of(pick)))} ms`;
const tasks = (pick) => `${outcomes.map((outcome) => pick(outcome).length).join(", ")} (longest ${ms(Math.max(0, ...of(pick)))} ms)`;
const percent = (pick) => `${(100 * median(outcomes.map(pick))).toFixed(0)} %`;
const lines = [
  ["", `middle / most of ${trials} trials`],
  ["---", "---"],
  ["table of a million rows: opened, counted for the first time", times((o) => o.counted)],
  ["… of which its columns are read", times((o) => o.decode)],
  ["… and its rows counted and put in order", times((o) => o.query)],
  [`… after the pointer has been at its tab for ${STAY_MS} ms`, times((o) => o.stayed)],
  ["… a third of the rows chosen by a filter, counted for the first time", times((o) => o.filtered)],
  ["… opened again: from the click until rows are painted", times((o) => o.opened)],
  ["… sorted in an order that it never had", times((o) => o.sorts)],
  ["… sorted in an order that it had", times((o) => o.sorted)],
  ["… long tasks while sorting, by trial", tasks((o) => o.sortTasks)],
  ["… long tasks in 200 steps of the wheel", tasks((o) => o.wheelTasks)],
  ["… long tasks while the scroll bar is dragged over all rows, twice", tasks((o) => o.dragTasks)],
  ["… frames of a drag of 240 in which a row in sight has no values yet", percent((o) => o.drags.slow.empty)],
  ["… frames of a drag of 30", percent((o) => o.drags.fast.empty)],
  ["… until all are there when it rests", times((o) => [o.drags.slow.settled, o.drags.fast.settled])],
  ["list of 100,000 values: from the first click until it is painted", times((o) => o.list[0])],
  ["… opened again", times((o) => o.list.slice(1))],
  ["… from a key until the list answers it", times((o) => o.keys)],
  ["… of which the page itself is busy", times((o) => o.busy)],
  ["… long tasks", tasks((o) => o.listTasks)],
];
console.log(lines.map((line) => `| ${line.join(" | ")} |`).join("\n"));
for (const error of of((o) => o.errors)) console.log(`page error: ${error}`);
process.exitCode = of((o) => o.errors).length ? 1 : 0;
