// The second page sends what the first one hands it, and hands back what it was
// allowed to see. Who may embed this page is settled by its
// Content-Security-Policy (frame-ancestors), so the parent is the first page.

import { send } from "/send.js";

window.addEventListener("message", async (event) => {
  const [reply] = event.ports;
  if (event.source === window.parent && window.parent !== window && reply) {
    reply.postMessage(await send(event.data));
  }
});
