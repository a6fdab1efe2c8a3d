// Viewers that ask as the recorded one did, each over a connection of its own that stays open as a browser's does.
import http from "node:http";

/** Runs `count` viewers who open within `ttlMs`, then ask again after 80 to 100 % of it. Every answer is held to the recorded status. */
export async function crowd(target, count, recording, ttlMs, together) {
  const totals = { requests: 0, bytes: 0, errors: 0, problems: new Map(), opened: 0, revalidations: [], openMs: [], connections: 0, mostConnections: 0 };
  const url = new URL(target);
  const started = performance.now();
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  const ask = (agent, { path, headers }, conditional) =>
    new Promise((resolve) => {
      const note = (problem) => {
        totals.errors += 1;
        totals.problems.set(problem, (totals.problems.get(problem) ?? 0) + 1);
        resolve();
      };
      totals.requests += 1;
      const request = http.get({ agent, host: url.hostname, port: url.port, path, headers }, (answer) => {
        answer.on("data", (part) => (totals.bytes += part.length));
        answer.on("error", (error) => note(String(error.code)));
        answer.on("end", () => {
          const expected = conditional ? [304] : [200, 206];
          if (expected.includes(answer.statusCode)) resolve();
          else note(`${path}: status ${answer.statusCode}`);
        });
      });
      request.on("socket", (socket) => {
        if (socket.counted) return;
        socket.counted = true;
        totals.mostConnections = Math.max(totals.mostConnections, ++totals.connections);
        socket.on("close", () => (totals.connections -= 1));
      });
      // A server may close an idle connection at any time; a browser then asks on a new one.
      request.on("error", (error) => (request.reusedSocket && error.code === "ECONNRESET" ? (totals.requests -= 1, resolve(ask(agent, { path, headers }, conditional))) : note(String(error.code))));
    });

  const viewer = async () => {
    await wait(together ? 0 : Math.random() * ttlMs);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const began = performance.now();
    if (!together) {
      for (const request of recording.opened) await ask(agent, request, false);
      totals.opened += 1;
      totals.openMs.push(performance.now() - began);
      for (const request of recording.filtered) await ask(agent, request, false);
    }
    await wait(ttlMs * (0.8 + 0.2 * Math.random()) - (performance.now() - began));
    totals.revalidations.push(performance.now() - started);
    for (const request of recording.revalidated) await ask(agent, request, true);
    agent.destroy();
  };
  await Promise.all(Array.from({ length: count }, viewer));
  return { ...totals, seconds: (performance.now() - started) / 1_000 };
}
