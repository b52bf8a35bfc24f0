"use strict";

// How many tasks run at a time.
const WIDTH = 8;

// runAll runs lists of tasks, {id, steps: [{url, init, wait}]}, one list after the
// other, and returns what it has seen by id.
async function runAll(lists) {
  const results = {};
  for (const tasks of lists) await runList(tasks, results);
  return results;
}

async function runList(tasks, results) {
  const queue = tasks.values();
  const worker = async () => {
    for (const task of queue) {
      const seen = [];
      for (const step of task.steps) {
        await new Promise((go) => setTimeout(go, step.wait));
        seen.push(await (step.init.xhr ? request(step) : fetchOnce(step)));
      }
      results[task.id] = seen;
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, worker));
}

async function fetchOnce({ url, init }) {
  try {
    const response = await fetch(url, init);
    return {
      type: response.type,
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    };
  } catch (e) {
    return { type: "error", error: `${e.name}: ${e.message}` };
  }
}

// request does with XMLHttpRequest what fetchOnce does.
function request({ url, init }) {
  return new Promise((resolve) => {
    const xhr = new XMLHttpRequest();
    if (init.upload) xhr.upload.addEventListener("progress", () => {});
    xhr.onloadend = () => {
      if (xhr.status === 0) {
        resolve({ type: "error", error: "status 0" });
        return;
      }
      const lines = xhr.getAllResponseHeaders().split("\r\n").filter((line) => line !== "");
      resolve({
        type: "cors",
        status: xhr.status,
        headers: Object.fromEntries(lines.map((line) => line.split(": "))),
        body: xhr.responseText,
      });
    };
    xhr.open(init.method, url);
    xhr.withCredentials = init.credentials === "include";
    for (const [name, value] of Object.entries(init.headers ?? {})) xhr.setRequestHeader(name, value);
    xhr.send(init.body);
  });
}

// report hands the results in, and goes where the server says.
async function report(results) {
  const response = await fetch("/results", { method: "POST", body: JSON.stringify(results) });
  const next = await response.text();
  if (response.ok && next !== "") location.replace(next);
}
