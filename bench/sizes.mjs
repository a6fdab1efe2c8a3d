// Raw, gzip -9 and brotli -11 bytes of files. Brotli takes minutes for DuckDB's 38 MB, so what was measured once is kept.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";

/** Sums over the files that a cold visit loaded, given as URL paths below `root`. */
export function sizes(root, urls, cache) {
  fs.mkdirSync(cache, { recursive: true });
  const total = { raw: 0, gzip: 0, brotli: 0 };
  for (const url of urls) {
    const content = fs.readFileSync(path.join(root, url.endsWith("/") ? `${url}index.html` : url));
    const kept = path.join(cache, createHash("sha256").update(content).digest("hex"));
    if (!fs.existsSync(kept)) {
      const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_LGWIN]: 24, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: content.length };
      const brotli = zlib.brotliCompressSync(content, { params }).length;
      fs.writeFileSync(kept, JSON.stringify({ raw: content.length, gzip: zlib.gzipSync(content, { level: 9 }).length, brotli }));
    }
    const size = JSON.parse(fs.readFileSync(kept, "utf8"));
    for (const key of Object.keys(total)) total[key] += size[key];
  }
  return total;
}
