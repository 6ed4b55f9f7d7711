// Many forms on one screen by keyboard. Keys that an input method is using (isComposing, 229) do nothing here.
"use strict";

(() => {
  const screen = () => document.getElementById("screen");
  const cells = () => [...screen().querySelectorAll(".wrong")];

  function move(from, key) {
    const all = cells();
    const at = all.indexOf(from);
    const top = (one) => one.closest(".glance").offsetTop;
    const across = all.filter((one) => top(one) === top(all[0])).length || 1;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - across, ArrowDown: at + across, Home: 0, End: all.length - 1 }[key];
    const found = all[to];
    if (found) {
      found.focus();
      found.closest(".glance").scrollIntoView({ block: "nearest" });
    }
  }

  function open(card) {
    const typed = card.querySelector(".typed");
    typed.hidden = false;
    typed.focus();
    return typed;
  }

  function close(card, keep) {
    const typed = card.querySelector(".typed");
    if (!keep) typed.value = "";
    typed.hidden = typed.value.trim() === "";
    card.classList.toggle("changed", !typed.hidden);
    if (!typed.hidden) card.querySelector(".wrong").checked = false;
    card.querySelector(".wrong").focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const card = event.target.closest(".glance");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.target.matches(".typed")) {
      const undo = document.getElementById("undo");
      if (undo) { event.preventDefault(); undo.click(); }
    } else if (event.target.matches(".typed")) {
      if (event.key === "Enter" || event.key === "Escape") {
        event.preventDefault();
        close(card, event.key === "Enter");
      }
    } else if (event.ctrlKey || event.altKey || event.metaKey) {
      return;
    } else if (event.target.matches(".wrong")) {
      if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") {
        event.preventDefault();
        move(event.target, event.key);
      } else if (event.key === "Enter") {
        event.preventDefault();
        if (!event.repeat) document.getElementById("group").requestSubmit();
      } else if (event.key === "F2") {
        event.preventDefault();
        open(card);
      } else if (event.key.length === 1 && event.key !== " ") {
        open(card);
      }
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.matches(".edit")) open(event.target.closest(".glance"));
  });

  document.addEventListener("focusout", (event) => {
    if (!event.target.matches(".typed")) return;
    const card = event.target.closest(".glance");
    card.classList.toggle("changed", event.target.value.trim() !== "");
  });

  // Only what was on the screen can be confirmed: Enter goes on to what was not, and confirms after that.
  let seen = new WeakSet();
  function look() {
    const foot = document.querySelector(".foot");
    const end = foot ? Math.min(innerHeight, foot.getBoundingClientRect().top) : innerHeight;
    for (const card of screen().querySelectorAll(".glance")) {
      const { top, bottom } = card.getBoundingClientRect();
      if (top >= -8 && Math.min(bottom, top + 150) <= end + 8) seen.add(card);
    }
  }
  function unseen() {
    look();
    return [...screen().querySelectorAll(".glance")].filter((card) => !seen.has(card));
  }
  addEventListener("scroll", look, { passive: true });
  addEventListener("resize", look);

  // A form is sent by htmx or not at all.
  document.addEventListener("submit", (event) => event.preventDefault());

  // One screen is sent once, however often Enter is pressed.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.target.closest("#group");
    if (!form) return;
    const left = unseen();
    if (left.length || form.dataset.sent) event.preventDefault();
    if (left.length) {
      document.getElementById("count").textContent = `下面还有 ${left.length} 处没有看到，看过再确认。`;
      left[0].scrollIntoView({ block: "start" });
      left[0].querySelector(".wrong").focus({ preventScroll: true });
      look();
      return;
    }
    form.dataset.sent = "yes";
  });
  document.addEventListener("htmx:afterRequest", () => {
    const form = document.getElementById("group");
    if (form) delete form.dataset.sent;
  });

  function begin() {
    const first = cells()[0];
    if (first) first.focus();
  }
  document.addEventListener("htmx:afterSettle", begin);
  begin();
})();
