// What every page shares: a message goes away when the next request succeeds.
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
