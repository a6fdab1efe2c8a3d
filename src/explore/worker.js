// The data worker of the page /explore: the one of every page, in a world that keeps nothing and in which one file of the viewer's
// is all that there is. Its first message brings the file, or the address of one, and what the data worker's own script waits for.
const local = (file) => {
  const tag = `"${file.size}-${file.lastModified}"`;
  const answer = (status, body, headers) => new Response(body, { status, headers: { ETag: tag, ...headers } });
  return async (request) => {
    const [, from, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get("Range") ?? "") ?? [0, 0, 0];
    const start = Number(from), end = Math.min(Number(last) + 1, file.size);
    if (start >= end) return answer(416, null);
    try {
      const bytes = await file.slice(start, end).arrayBuffer();
      if (request.headers.get("If-None-Match") === tag) return answer(304, null);
      return answer(206, bytes, { "Content-Range": `bytes ${start}-${end - 1}/${file.size}`, "Content-Length": `${bytes.byteLength}` });
    } catch {
      return answer(412, null); // it was changed or removed since it was chosen
    }
  };
};

addEventListener("message", async ({ data: { file, module, start } }) => {
  Object.defineProperty(self, "indexedDB", { value: undefined });
  if (file) self.fetch = local(file);
  await import("../WORKER_SCRIPT");
  dispatchEvent(new MessageEvent("message", { data: [module, start] }));
}, { once: true });
