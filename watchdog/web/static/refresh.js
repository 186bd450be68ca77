// Renews the page in place, so that nothing flashes, folds up or scrolls away. Without scripts the page reloads itself.
"use strict";
(() => {
  const EVERY_MS = 10000;
  const lost = document.getElementById("lost");

  const take = (html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const now = document.getElementById("main");
    const next = fresh.getElementById("main");
    if (!next) return;
    for (const open of now.querySelectorAll("details[open][id]")) {
      const same = next.querySelector(`[id="${CSS.escape(open.id)}"]`);
      if (same) same.open = true;
    }
    document.title = fresh.title;
    document.getElementById("as-of").textContent = fresh.getElementById("as-of").textContent;
    now.replaceChildren(...next.childNodes);
  };

  // What somebody reads with the keyboard or has marked is left alone until they move on.
  const isInUse = () => {
    const main = document.getElementById("main");
    const selection = document.getSelection();
    return main.contains(document.activeElement) && document.activeElement !== main ||
      Boolean(selection && !selection.isCollapsed);
  };

  const renew = async () => {
    try {
      const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(8000) });
      if (!answer.ok && answer.status !== 404) throw new Error(String(answer.status));
      if (answer.ok && !isInUse()) take(await answer.text());
      lost.hidden = true;
    } catch {
      lost.hidden = false;
    }
  };

  setInterval(() => { if (!document.hidden) renew(); }, EVERY_MS);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) renew(); });
})();
