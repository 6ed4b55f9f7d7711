// What every page shares: a message goes away when the next request succeeds; nothing is sent twice; whoever
// has to sign in anew loses nothing that is typed.
"use strict";

document.addEventListener("htmx:afterRequest", (event) => {
  const told = document.getElementById("told");
  if (told && event.detail.successful) told.replaceChildren();
});

document.addEventListener("htmx:sendError", () => {
  const told = document.getElementById("told");
  if (!told) return;
  const line = document.createElement("p");
  line.className = "fault";
  line.textContent = "连不上档案程序：请看看运行 dangan desk 的窗口是否还开着。已保存的内容都在。";
  told.replaceChildren(line);
});

// A second press on what is under way does nothing.
const underWay = new Set();

document.addEventListener("htmx:confirm", (event) => {
  const { elt, verb, triggeringEvent } = event.detail;
  const pressed = triggeringEvent && ["click", "submit"].includes(triggeringEvent.type);
  if (pressed && verb !== "get" && underWay.has(elt)) event.preventDefault();
});

document.addEventListener("htmx:beforeSend", (event) => underWay.add(event.detail.elt));

document.addEventListener("htmx:afterRequest", (event) => {
  const leaving = event.detail.xhr && event.detail.xhr.getResponseHeader("HX-Redirect");
  setTimeout(() => underWay.delete(event.detail.elt), leaving ? 3000 : 0);
});

addEventListener("pageshow", () => underWay.clear());

// Whoever signed in again in another window has a new token: this page takes it, and keeps what is typed here.
let refused = false;

async function renew() {
  if (!refused || document.hidden) return;
  const answer = await fetch("/account", { credentials: "same-origin" }).catch(() => null);
  if (!answer || !answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [now, then] = [page.body, document.body].map((body) => body.getAttribute("hx-headers"));
  if (!now || now === then) return;
  refused = false;
  const [here, there] = [page, document].map((one) => one.querySelector(".me")?.textContent);
  if (here !== there) { location.reload(); return; } // somebody else sits here now
  document.body.setAttribute("hx-headers", now);
  const line = document.createElement("p");
  line.className = "done";
  line.textContent = "已重新登录，填写的内容还在，请再按一次。";
  document.getElementById("told").replaceChildren(line);
}

document.addEventListener("htmx:responseError", (event) => {
  refused = [401, 403].includes(event.detail.xhr.status);
  if (event.detail.xhr.status === 403) setTimeout(renew, 0);
});
addEventListener("focus", renew);
document.addEventListener("visibilitychange", renew);
