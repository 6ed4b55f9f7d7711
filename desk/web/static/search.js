// The search: its address names what is asked for and nothing else, so that it is short to keep and to send.
"use strict";

document.addEventListener("htmx:configRequest", (event) => {
  const { elt, parameters } = event.detail;
  if (!elt.closest("form.search")) return;
  for (const [name, value] of Object.entries(parameters)) {
    if (!value) delete parameters[name];
  }
});

// The first page's search is sent by the browser itself.
const address = new URL(location.href);
for (const [name, value] of [...address.searchParams]) {
  if (!value) address.searchParams.delete(name, value);
}
if (address.href !== location.href) history.replaceState(history.state, "", address);
