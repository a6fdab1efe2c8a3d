// What one viewer asks for: the page in Chromium, behind a proxy that writes every request down.
import http from "node:http";
import { chromium } from "playwright-core";

const KEPT = ["range", "if-none-match", "if-modified-since", "accept-encoding", "accept", "sec-fetch-mode"];

/** Opens the page, moves filters, waits until the data is asked about again: the requests of the three, each a list. */
export async function record(target, ttlSecs, flags) {
  let requests = [];
  const proxy = http.createServer((asked, answer) => {
    const headers = Object.fromEntries(KEPT.filter((name) => asked.headers[name]).map((name) => [name, asked.headers[name]]));
    requests.push({ path: asked.url, headers });
    const options = { host: "127.0.0.1", port: new URL(target).port, path: asked.url, headers: { ...asked.headers, host: new URL(target).host } };
    http.get(options, (from) => {
      answer.writeHead(from.statusCode, from.headers);
      from.pipe(answer);
    });
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: [...flags, "--no-sandbox"] });
  try {
    const page = await browser.newPage();
    const take = () => {
      const taken = requests;
      requests = [];
      return taken;
    };
    const started = performance.now();
    await page.goto(`http://127.0.0.1:${proxy.address().port}/`);
    await page.waitForFunction(() => window.tarn);
    await page.evaluate(() => tarn.ready());
    const openMs = performance.now() - started;
    // The files that it gets when it is idle.
    await page.waitForTimeout(2_000);
    const opened = take();
    const filterMs = [];
    for (const [id, value] of [["delay", [0, 60]], ["origin", ["ATL", "ORD"]], ["delay", null], ["period", "last 7 days"], ["hour", [6, 9]], ["origin", null]]) {
      filterMs.push(await page.evaluate(async ([id, value]) => {
        const started = performance.now();
        await tarn.setFilter(id, value);
        return performance.now() - started;
      }, [id, value]));
    }
    const filtered = take();
    const end = performance.now() + ttlSecs * 1_000 + 5_000;
    while (!requests.length && performance.now() < end) await page.waitForTimeout(200);
    await page.waitForTimeout(500);
    return { opened, filtered, revalidated: take(), openMs, filterMs };
  } finally {
    await browser.close();
    proxy.closeAllConnections();
    proxy.close();
  }
}
