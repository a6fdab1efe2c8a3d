// A static server on loopback: single ranges, ETag and If-None-Match, a log of what was asked for.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
};

/** Serves `root`, with `dataFile` under `/…/data/` and that name in every folder. */
export async function serve(root, dataFile, dataName = "flights-3m.parquet") {
  const log = [];
  const server = http.createServer((request, response) => {
    let name = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    if (name.endsWith("/")) name += "index.html";
    const data = name.endsWith(`/data/${dataName}`);
    const file = data ? dataFile : path.join(root, path.normalize(name));
    const entry = { name, data, status: 0, bytes: 0 };
    log.push(entry);
    const end = (status, headers, start, stop) => {
      entry.status = status;
      entry.bytes = stop === undefined ? 0 : stop - start + 1;
      response.writeHead(status, headers);
      if (stop === undefined) response.end();
      else fs.createReadStream(file, { start, end: stop }).pipe(response);
    };
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (!stat?.isFile()) return end(404, {});
    const etag = `"${stat.size.toString(16)}-${Math.floor(stat.mtimeMs).toString(16)}"`;
    const headers = {
      "Content-Type": TYPES[path.extname(file)] ?? "application/octet-stream",
      "Cache-Control": data || name.endsWith(".html") ? "no-cache" : "public, max-age=31536000, immutable",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
      "Accept-Ranges": "bytes",
      ETag: etag,
    };
    if (request.headers["if-none-match"] === etag) return end(304, headers);
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
    if (!range) return end(200, { ...headers, "Content-Length": stat.size }, 0, stat.size - 1);
    const start = Number(range[1]);
    const stop = Math.min(range[2] === "" ? Infinity : Number(range[2]), stat.size - 1);
    if (start > stop) return end(416, { ...headers, "Content-Range": `bytes */${stat.size}` });
    const partial = { "Content-Range": `bytes ${start}-${stop}/${stat.size}`, "Content-Length": stop - start + 1 };
    end(206, { ...headers, ...partial }, start, stop);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve)));
  return { origin: `http://127.0.0.1:${server.address().port}`, log, stop };
}
