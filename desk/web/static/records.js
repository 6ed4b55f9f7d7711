// The archive: the field that was asked about is marked, and its paper comes into view on a phone.
"use strict";

document.addEventListener("htmx:afterRequest", (event) => {
  const asked = event.detail.elt;
  if (!asked.classList || !asked.classList.contains("origin") || !event.detail.successful) return;
  document.querySelectorAll(".asked").forEach((one) => one.classList.remove("asked"));
  const spot = asked.closest("td, .fields > div");
  if (spot) spot.classList.add("asked");
  const shown = document.getElementById("origin");
  if (shown && window.matchMedia("(max-width: 60rem)").matches) shown.focus();
});
