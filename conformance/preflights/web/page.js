"use strict";

// call makes one of the page's calls, and returns whether the page could read the response.
async function call(base, { method, path, headers, body, credentials }) {
  try {
    const response = await fetch(base + path, { method, headers, body, credentials });
    await response.text();
    return response.ok;
  } catch {
    return false;
  }
}

// play makes the calls one after the other, with a pause in the middle. It returns
// how many failed, and the time of each half in milliseconds.
async function play({ base, calls, pause }) {
  const report = { failed: 0, took: [] };
  const middle = calls.length / 2;
  for (const half of [calls.slice(0, middle), calls.slice(middle)]) {
    if (report.took.length > 0 && pause > 0) await new Promise((go) => setTimeout(go, pause));
    const begin = performance.now();
    for (const c of half) if (!(await call(base, c))) report.failed++;
    report.took.push(Math.round(performance.now() - begin));
  }
  return report;
}

// The answer to each report is the next target, until there is none.
(async () => {
  for (let report = null; ; ) {
    const response = await fetch("/next", { method: "POST", body: JSON.stringify(report) });
    const next = await response.json();
    if (next === null) return;
    report = await play(next);
  }
})();
