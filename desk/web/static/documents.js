// Documents: how many records are ticked; and ticking one means that the ticked ones are meant.
"use strict";

document.addEventListener("change", (event) => {
  if (event.target.name !== "number") return;
  const all = document.querySelectorAll("#records input[name=number]:checked");
  const told = document.getElementById("ticked");
  if (told) told.textContent = all.length;
  const picked = document.querySelector("#records input[name=which][value=picked]");
  if (picked) picked.checked = true;
});
