// send makes one real request and returns what the browser let the script read. Both pages
// use it: the main page and the one in the frame.

const patience = 10_000; // milliseconds until a request counts as unanswered

export async function send({ url, init }) {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(patience) });
    const body = await response.text();
    return {
      verdict: "allowed",
      status: response.status,
      redirected: response.redirected,
      headers: [...response.headers],
      body,
    };
  } catch (error) {
    // This is all that a script ever learns; the reason goes to the console.
    return { verdict: "blocked", error: `${error.name}: ${error.message}` };
  }
}
