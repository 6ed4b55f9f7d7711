// Medical cases: papers dropped on their lines go up one by one; what was read is settled by keyboard.
"use strict";

const CASE = "[data-case]";

function token() {
  return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRF-Token"];
}

// --- papers dropped on a line

function tellDrop(drop, text) {
  drop.querySelector(".told").textContent = text;
}

function tellFault(html) {
  const told = document.getElementById("told");
  told.innerHTML = html;
  told.scrollIntoView({ block: "nearest" });
}

async function sendPaper(drop, file) {
  const wanted = new URLSearchParams({ name: file.name, kind: drop.dataset.kind || "" });
  if (drop.dataset.paper) wanted.set("paper", drop.dataset.paper);
  wanted.set("revision", document.getElementById("revision").value);
  const place = `/cases/${document.querySelector(CASE).dataset.case}/scans?${wanted}`;
  const headers = { "X-CSRF-Token": token(), "HX-Request": "true", "Content-Type": "application/octet-stream" };
  const answer = await fetch(place, { method: "POST", headers, body: file });
  if (answer.headers.get("HX-Redirect")) window.location.assign(answer.headers.get("HX-Redirect"));
  const html = await answer.text();
  if (!answer.ok) {
    tellFault(html);
    wasRefused(answer.status);
    return false;
  }
  if (answer.headers.get("HX-Refresh")) drop.dataset.stale = "yes";
  else htmx.swap(drop.querySelector(".told"), html, { swapStyle: "none" });
  return true;
}

async function sendPapers(drop, files) {
  let kept = 0;
  document.getElementById("told").replaceChildren();
  for (const [place, file] of [...files].entries()) {
    tellDrop(drop, `正在保存第 ${place + 1} 个，共 ${files.length} 个：${file.name}`);
    try {
      if (await sendPaper(drop, file)) kept += 1;
    } catch {
      document.body.dispatchEvent(new CustomEvent("htmx:sendError", { bubbles: true }));
      break;
    }
  }
  if (drop.dataset.stale) window.location.reload(); // somebody else changed the case meanwhile
  tellDrop(drop, kept === files.length ? `已保存 ${kept} 个。` : `已保存 ${kept} 个，没有保存 ${files.length - kept} 个。`);
}

document.addEventListener("change", (event) => {
  const drop = event.target.closest(".drop");
  if (!drop || event.target.type !== "file" || !event.target.files.length) return;
  const files = [...event.target.files];
  event.target.value = "";
  sendPapers(drop, files);
});

document.addEventListener("dragover", (event) => {
  const drop = event.target.closest && event.target.closest(".drop");
  if (!event.dataTransfer || ![...event.dataTransfer.types].includes("Files")) return;
  event.preventDefault(); // a file beside the place must not replace the page
  event.dataTransfer.dropEffect = drop ? "copy" : "none";
  for (const one of document.querySelectorAll(".drop.over")) one.classList.toggle("over", one === drop);
  if (drop) drop.classList.add("over");
});

document.addEventListener("drop", (event) => {
  event.preventDefault();
  for (const one of document.querySelectorAll(".drop.over")) one.classList.remove("over");
  const drop = event.target.closest && event.target.closest(".drop");
  if (drop && event.dataTransfer.files.length) sendPapers(drop, [...event.dataTransfer.files]);
});

// --- what could not be saved does not look as if it were

function holds(form) {
  for (const one of form.elements) {
    if (one.type === "checkbox") one.defaultChecked = one.checked;
    for (const option of one.options || []) option.defaultSelected = option.selected;
  }
}

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest && event.target.closest("form.seen");
  if (!form) return;
  if (event.detail.successful) holds(form);
  else form.reset();
});

// --- settling what was read

function light(question) {
  for (const spot of document.querySelectorAll(".page rect")) {
    spot.classList.toggle("lit", Boolean(question) && spot.dataset.fact === question.dataset.fact);
  }
  const lit = document.querySelector(".page rect.lit");
  const pictures = document.getElementById("pictures");
  if (!lit || !pictures) return;
  const box = lit.getBoundingClientRect();
  const around = pictures.getBoundingClientRect();
  pictures.scrollTop += box.top - around.top - around.height / 3;
}

function choose(question, how) {
  const choice = question.querySelector(`input[type=radio][value=${how}]`);
  if (choice) choice.checked = true;
  return Boolean(choice);
}

function goOn(question) {
  const next = question.nextElementSibling;
  const place = next && next.querySelector("input[type=radio], button");
  if (place) place.focus();
}

document.addEventListener("focusin", (event) => {
  const question = event.target.closest(".question");
  if (question) light(question);
});

document.addEventListener("input", (event) => {
  if (event.target.matches(".question .typed")) choose(event.target.closest(".question"), "typed");
});

document.addEventListener("click", (event) => {
  const other = event.target.closest(".question .other");
  if (!other) return;
  const question = other.closest(".question");
  question.querySelector(".typed").value = other.textContent;
  choose(question, "typed");
  goOn(question);
});

document.addEventListener("keydown", (event) => {
  const question = event.target.closest && event.target.closest(".question");
  if (!question || event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
  if (event.target.matches("button")) return;
  event.preventDefault();
  if (event.target.matches(".typed")) choose(question, "typed");
  else if (event.target.matches("input[type=radio]")) event.target.checked = true;
  goOn(question);
});

function begin() {
  const first = document.querySelector(".question input[type=radio]");
  if (first) first.focus({ preventScroll: true });
}

document.addEventListener("DOMContentLoaded", begin);

// --- a link to a paper opens where it is

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  const place = link && document.getElementById(link.getAttribute("href").slice(1));
  if (place) place.focus({ preventScroll: true });
});
