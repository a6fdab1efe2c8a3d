// node paint.mjs SITE FLIGHTS.parquet [PAINTINGS]
//
// What one painting of a chart takes in Chromium's canvas, as the page itself measures it: the colour scheme changes, and every chart of
// the page is painted anew.
import path from "node:path";
import { chromium } from "playwright-core";
import { serve } from "./server.mjs";

const [site, dataFile, paintings = "200"] = process.argv.slice(2);
const PAGES = { all: ["bars", "cells"], line: ["line"] };
const BOUND_MS = 1.5;

const server = await serve(site, dataFile, path.basename(dataFile));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", chromiumSandbox: false, args: ["--disable-gpu"] });
const times = {};
try {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  for (const [id, views] of Object.entries(PAGES)) {
    await page.emulateMedia({ colorScheme: "light" });
    await page.goto(`${server.origin}/?page=${id}`);
    await page.waitForFunction(() => globalThis.tarn);
    await page.evaluate(() => tarn.ready());
    for (let n = 0; n < Number(paintings) + 20; n++) {
      await page.emulateMedia({ colorScheme: n % 2 ? "light" : "dark" });
      const found = await page.evaluate(async (views) => {
        const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
        await frame();
        await frame();
        return views.map((view) => [view, tarn.result(view).rows.length, tarn.status().views.find((own) => own.id === view).paintMs]);
      }, views);
      // The first paintings are those of code that is not compiled yet.
      for (const [view, rows, ms] of found) if (n >= 20) (times[`${view}, ${rows} data`] ??= []).push(ms);
    }
  }
} finally {
  await browser.close();
  await server.stop();
}
const share = (values, part) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))];
console.log(`| ${paintings} paintings each | p50 | p95 |\n| --- | --- | --- |`);
for (const [name, all] of Object.entries(times)) {
  console.log(`| ${name} | ${share(all, 0.5).toFixed(2)} ms | ${share(all, 0.95).toFixed(2)} ms |`);
  if (!(share(all, 0.95) < BOUND_MS)) process.exitCode = 1;
}
