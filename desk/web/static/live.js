// Parts of a page that keep themselves up to date. Only what changed is touched, so that the focus, the place that is
// read and what a screen reader has told stay; nobody's session lasts longer for it.
"use strict";

(() => {
  const EVERY = 15000;
  let asking = false;
  let asked = Date.now();

  function patch(now, then) {
    if (now.isEqualNode(then) || now.hasAttribute?.("data-kept")) return;
    if (now.nodeType !== Node.ELEMENT_NODE || now.tagName !== then.tagName) { now.replaceWith(then); return; }
    for (const { name } of [...now.attributes]) if (!then.hasAttribute(name)) now.removeAttribute(name);
    for (const { name, value } of [...then.attributes]) if (now.getAttribute(name) !== value) now.setAttribute(name, value);
    const stays = new Set([...then.children].map((child) => child.id).filter(Boolean));
    for (const child of [...now.children]) if (child.id && !stays.has(child.id)) child.remove();
    const known = new Map([...now.children].filter((child) => child.id).map((child) => [child.id, child]));
    let place = now.firstChild;
    for (const child of [...then.childNodes]) {
      const found = known.get(child.id) || (place && !place.id && !child.id && place.nodeName === child.nodeName ? place : null);
      if (!found) { now.insertBefore(child, place); continue; }
      // What is moved loses the focus: what stands before it and has no name goes rather.
      while (place && place !== found && !known.has(place.id)) { const next = place.nextSibling; place.remove(); place = next; }
      if (found === place) place = place.nextSibling; else now.insertBefore(found, place);
      patch(found, child);
    }
    while (place) { const next = place.nextSibling; place.remove(); place = next; }
  }

  function show(part, html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const then = holder.content.firstElementChild;
    if (!then) return;
    const links = () => [...part.querySelectorAll("a[href]")];
    const at = links().indexOf(document.activeElement);
    patch(part, document.importNode(then, true));
    // What had the focus is gone: its neighbour has it now, and not the page's beginning.
    const left = links();
    if (at >= 0 && !part.contains(document.activeElement)) left[Math.min(at, left.length - 1)]?.focus({ preventScroll: true });
  }

  function tell(text) {
    const told = document.getElementById("live-told");
    if (told.textContent !== text) told.textContent = text;
  }

  async function ask() {
    const part = document.querySelector("[data-live]");
    if (!part || asking || document.hidden) return;
    asking = true;
    asked = Date.now();
    try {
      const way = `${part.dataset.live}?known=${encodeURIComponent(part.dataset.mark)}`;
      const answer = await fetch(way, { credentials: "same-origin", headers: { "HX-Request": "true" } });
      const who = answer.headers.get("X-Account");
      if (answer.status === 401) tell("登录已过期，下面的内容不再更新。请重新登录。");
      else if (answer.ok && who !== document.body.dataset.who) tell("现在登录的是另一个人，下面的内容不再更新。请刷新本页。");
      else if (answer.ok) {
        if (answer.status === 200) show(part, await answer.text());
        tell("");
      } else tell("程序正忙，下面的内容暂不更新。");
    } catch {
      tell("没有连上档案程序，下面的内容暂不更新。");
    }
    asking = false;
  }

  const again = () => { if (Date.now() - asked > 3000) ask(); };
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", again);
  addEventListener("pageshow", (event) => { if (event.persisted) ask(); });
})();
