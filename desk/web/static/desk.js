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

// Who is signed in in this browser now, and whether that is who opened this page; null when nobody is.
async function signedIn() {
  const answer = await fetch("/session", { credentials: "same-origin", headers: { "HX-Request": "true" } });
  if (answer.status >= 500 || answer.status === 429) throw new Error("busy");
  if (!answer.ok) return null;
  const found = await answer.json();
  return { ...found, same: String(found.who) === document.body.dataset.who };
}

// The token of a new session of the same person; false when this page has it already.
function takesToken(csrf) {
  const headers = JSON.parse(document.body.getAttribute("hx-headers"));
  if (headers["X-CSRF-Token"] === csrf) return false;
  document.body.setAttribute("hx-headers", JSON.stringify({ ...headers, "X-CSRF-Token": csrf }));
  return true;
}

const opener = () => document.querySelector(".me")?.textContent || "";

function doorTo(text) {
  return Object.assign(document.createElement("a"), { href: "/sign-in", target: "_blank", rel: "noopener", textContent: text });
}

// Whoever signed in again in another window goes on here with what is typed; nobody goes on in another's name.
let refused = false;

// Signed out in another window, or for too long away: what is sent is nobody's any more.
function tellSignedOut() {
  const line = document.createElement("p");
  line.className = "fault";
  line.append("登录已结束，什么也没有保存。请", doorTo("在新窗口登录"), "，再回到这里：填写的内容还在。");
  document.getElementById("told").replaceChildren(line);
}

async function renew() {
  if (!refused || document.hidden) return;
  const here = await signedIn().catch(() => undefined);
  if (here === null) tellSignedOut();
  if (!here) return;
  const line = document.createElement("p");
  if (!here.same) {
    line.className = "fault";
    line.append(`现在登录的是${here.shown}，本页是${opener()}打开的，什么也没有保存，填写的内容还在。请${opener()}`, doorTo("在新窗口登录"), "，再回到这里接着办。");
  } else if (takesToken(here.csrf)) {
    refused = false;
    line.className = "done";
    line.textContent = "已重新登录，填写的内容还在，请再按一次。";
  } else return;
  document.getElementById("told").replaceChildren(line);
}

// What pages send by themselves may be refused as well: they tell it here. Nobody is signed in at the door.
function wasRefused(status) {
  refused = [401, 403].includes(status) && "who" in document.body.dataset;
  if (refused) setTimeout(renew, 0);
}

document.addEventListener("htmx:responseError", (event) => wasRefused(event.detail.xhr.status));
addEventListener("focus", renew);
document.addEventListener("visibilitychange", renew);
