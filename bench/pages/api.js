// The contract of a peer's page: `globalThis.peer = { setFilter(filter), results() }` and `globalThis.loaded`, a promise that
// resolves to the milliseconds from navigation until every result of W is on the main thread.
//
// setFilter({ delay: [lo, hi), origin: "ATL", date: [ms, ms) }): one of them or none; resolves when all other views' results are
// on the main thread, to the moment at which they were there where more follows it before the promise goes on.
// results(): { K: [n, avg, late], L: [[day, n]…], H1, H2, H3: counts, B1: [[name, n]…], B2: [[name, n, avg]…] }.
//
// A step begins when the frame of the one before is on the screen: a hand moves a filter once per frame. With `tight` it begins at once,
// while a page that draws is still busy drawing.
const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

globalThis.runSteps = async (steps, checked, tight = false) => {
  const times = [];
  const results = {};
  for (const [index, step] of steps.entries()) {
    await (tight ? new Promise((resolve) => setTimeout(resolve)) : painted());
    const start = performance.now();
    const there = await globalThis.peer.setFilter(step);
    times.push((there ?? performance.now()) - start);
    if (checked.includes(index)) results[index] = globalThis.peer.results();
  }
  await globalThis.peer.setFilter({});
  return { times, results };
};
