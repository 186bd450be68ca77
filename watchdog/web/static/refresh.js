// Renews the page in place, so that nothing flashes, folds up or scrolls away. Without scripts the page reloads itself.
"use strict";
(() => {
  const EVERY_MS = 10000;
  const FOCUSABLE = "a[href], summary";
  const main = document.getElementById("main");
  const asOf = document.getElementById("as-of");

  // Why the page is not renewed: "lost", "gone", "held", or "" while it is.
  const say = (why) => {
    for (const id of ["lost", "gone", "held"]) document.getElementById(id).hidden = id !== why;
    if (why) document.querySelector(`#${why} time`).textContent = asOf.textContent;
  };

  // What has the focus is known again by what it leads to, or unfolds, and as which of several.
  const nameOf = (element) => element.getAttribute("href") ?? element.parentElement.id;
  const withFocus = () => {
    const element = document.activeElement;
    if (!main.contains(element) || !element.matches(FOCUSABLE)) return null;
    const alike = [...main.querySelectorAll(FOCUSABLE)].filter((one) => nameOf(one) === nameOf(element));
    return { name: nameOf(element), place: alike.indexOf(element) };
  };
  const putBack = (had) => {
    if (!had) return;
    const alike = [...main.querySelectorAll(FOCUSABLE)].filter((one) => nameOf(one) === had.name);
    (alike[had.place] ?? alike[0] ?? main).focus({ preventScroll: true });
  };

  const take = (html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const next = fresh.getElementById("main");
    for (const open of main.querySelectorAll("details[open][id]")) {
      const same = next.querySelector(`[id="${CSS.escape(open.id)}"]`);
      if (same) same.open = true;
    }
    const had = withFocus();
    document.title = fresh.title;
    asOf.textContent = fresh.getElementById("as-of").textContent;
    main.replaceChildren(...next.childNodes);
    putBack(had);
  };

  // Text that somebody marks, to copy it, is left alone until they let go of it.
  const isMarked = () => {
    const selection = document.getSelection();
    return Boolean(selection && !selection.isCollapsed && main.contains(selection.anchorNode));
  };

  const renew = async () => {
    try {
      const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(8000) });
      if (answer.status === 404) return say("gone");
      if (!answer.ok) throw new Error(String(answer.status));
      const html = await answer.text();
      if (isMarked()) return say("held");
      take(html);
      say("");
    } catch {
      say("lost");
    }
  };

  setInterval(() => { if (!document.hidden) renew(); }, EVERY_MS);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) renew(); });
})();
