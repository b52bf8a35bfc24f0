// Makes the fetches that shells_test.go judges, and reports which responses the page could read.
// The test replaces SERVER by the server's address.
async function measure(who) {
  const json = { "Content-Type": "application/json" };
  const put = { method: "PUT", headers: json, body: "{}" };
  const fetches = {
    get: { path: "echo" },
    "get with credentials": { path: "echo", credentials: "include" },
    put: { path: "echo", ...put },
    "put with credentials": { path: "echo", ...put, credentials: "include" },
    "get without CORS": { path: "silent" },
    "get under a policy": { path: "policy" },
    "put under a policy": { path: "policy", ...put },
    "post under an enforcing policy": { path: "enforcing", method: "POST", body: "text" },
  };
  const read = {};
  for (const [what, { path, ...options }] of Object.entries(fetches)) {
    const query = new URLSearchParams({ who, what });
    try {
      const response = await fetch(`SERVER/${path}?${query}`, { credentials: "omit", cache: "no-store", ...options });
      read[what] = (await response.text()) === "secret";
    } catch {
      read[what] = false;
    }
  }
  const query = new URLSearchParams({ who });
  await fetch(`SERVER/report?${query}`, { method: "POST", mode: "no-cors", body: JSON.stringify(read) });
}
