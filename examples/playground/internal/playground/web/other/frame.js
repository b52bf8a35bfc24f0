// The second page sends the requests that the first page passes to it, and returns what it
// could read. Its Content-Security-Policy (frame-ancestors) lets only the first page embed it,
// so the parent is the first page.

import { send } from "/send.js";

window.addEventListener("message", async (event) => {
  const [reply] = event.ports;
  if (event.source === window.parent && window.parent !== window && reply) {
    reply.postMessage(await send(event.data));
  }
});
