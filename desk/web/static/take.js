// Taking in: files are dropped, chosen or photographed, go up one by one, and what becomes of each is told live.
"use strict";

(() => {
  const take = document.getElementById("take");
  const uploads = document.getElementById("uploads");
  const largest = Number(take.dataset.largest);
  const suffixes = take.dataset.suffixes.split(" ");
  const TOGETHER = 2;
  const waiting = [];
  let underWay = 0;
  let later = 0;

  // --- which files

  const wanted = (name) => !/^(\.|~\$)/.test(name) && suffixes.some((one) => name.toLowerCase().endsWith(one));

  function everyEntry(reader) {
    return new Promise((done, failed) => {
      const found = [];
      const more = () => reader.readEntries((some) => {
        if (some.length === 0) return done(found);
        found.push(...some);
        more();
      }, failed);
      more();
    });
  }

  async function filesIn(entry) {
    try {
      if (entry.isFile) {
        const file = await new Promise((done, failed) => entry.file(done, failed));
        return wanted(file.name) ? [file] : [];
      }
      const found = [];
      for (const one of await everyEntry(entry.createReader())) found.push(...await filesIn(one));
      return found;
    } catch {
      fail(line({ name: entry.name }), "打不开，没有上传。请检查文件是否还在、是否有读取权限。", false);
      return [];
    }
  }

  async function dropped(transfer) {
    const entries = [...transfer.items].map((item) => item.kind === "file" && item.webkitGetAsEntry ? item.webkitGetAsEntry() : null);
    const plain = [...transfer.files];
    const found = [];
    if (entries.some((entry) => entry && entry.isDirectory)) {
      for (const entry of entries) if (entry) found.push(...await filesIn(entry));
    } else found.push(...plain);
    return found;
  }

  // --- one upload

  function line(file) {
    const item = document.createElement("li");
    item.className = "file";
    const row = document.createElement("div");
    row.className = "row";
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = file.name;
    const state = document.createElement("span");
    state.className = "state";
    state.textContent = "等待上传";
    row.append(name, state);
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `已上传 ${file.name}`);
    item.append(row, bar);
    uploads.append(item);
    return { file, item, row, state, bar, tries: 0, failed: false };
  }

  function add(files) {
    if (together.checked) stack(files); else apart(files.map((file) => ({ file })));
  }

  function apart(several) {
    for (const { file, pages } of several) {
      const one = line(file);
      one.pages = pages;
      if (file.size > largest) fail(one, `文件太大，超过 ${Math.floor(largest / 1048576)} 兆。请降低分辨率或拆分后再收。`, false);
      else waiting.push(one);
    }
    next();
  }

  function next() {
    while (underWay < TOGETHER && waiting.length) send(waiting.shift());
    tell();
  }

  function tell() {
    const left = underWay + waiting.length + later;
    document.getElementById("coming").hidden = uploads.childElementCount === 0;
    const bad = uploads.querySelectorAll(".why").length;
    document.getElementById("sent").textContent =
      (left ? `还有 ${left} 个文件在上传，请不要关闭本页。` : "") + (bad ? `有 ${bad} 个文件没有收下。` : "");
  }

  function send(one) {
    underWay += 1;
    one.state.className = "state working";
    one.state.textContent = "正在上传";
    const request = new XMLHttpRequest();
    request.open("POST", one.pages ? `/take/pages?${one.pages}` : `/take/files?name=${encodeURIComponent(one.file.name)}`);
    for (const [name, value] of Object.entries(JSON.parse(document.body.getAttribute("hx-headers")))) request.setRequestHeader(name, value);
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => { one.bar.value = event.loaded / Math.max(1, event.total); };
    request.onload = () => { underWay -= 1; answered(one, request); next(); };
    request.onerror = () => { underWay -= 1; interrupted(one); next(); };
    request.send(one.file);
  }

  function answered(one, request) {
    if (request.getResponseHeader("HX-Redirect")) {
      window.location.assign(request.getResponseHeader("HX-Redirect"));
    } else if (request.status === 200) {
      put(request.responseText);
      one.item.remove();
    } else if ([408, 429, 503].includes(request.status)) {
      interrupted(one);
    } else {
      wasRefused(request.status);
      fail(one, plain(request.responseText), request.status !== 409 && request.status !== 413);
    }
  }

  function interrupted(one) {
    // The desk may be starting again: the same file goes up anew, nothing of it was kept.
    one.tries += 1;
    if (one.tries > 30) return fail(one, "连不上档案程序，没有传完。", true);
    one.bar.value = 0;
    one.state.className = "state partly";
    one.state.textContent = "连接断开，稍后自动重传";
    later += 1;
    setTimeout(() => { later -= 1; waiting.push(one); next(); }, Math.min(10, one.tries) * 1000);
  }

  function fail(one, why, again) {
    one.bar.hidden = true;
    one.state.className = "state bad";
    one.state.textContent = "没有收下";
    const told = document.createElement("p");
    told.className = "why";
    told.textContent = why;
    const buttons = document.createElement("div");
    buttons.className = "row";
    if (again) buttons.append(button("重传", () => { one.tries = 0; clear(); one.bar.hidden = false; waiting.push(one); next(); }));
    buttons.append(button("知道了", () => { one.item.remove(); tell(); }));
    const clear = () => { told.remove(); buttons.remove(); };
    one.item.append(told, buttons);
    tell();
  }

  function button(text, pressed) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "second";
    made.textContent = text;
    made.addEventListener("click", pressed);
    return made;
  }

  function plain(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    return holder.content.textContent.trim() || "没有收下，请再试一次。";
  }

  // --- pictures that are the pages of one form: their order is seen and changed before they are sent

  const together = document.getElementById("together");
  const pages = document.getElementById("pages");
  const mostPages = Number(take.dataset.mostPages);
  const byName = new Intl.Collator("zh-CN", { numeric: true });
  const isPicture = (file) => file.type.startsWith("image/") || /\.(jpe?g|png|tiff?|bmp|webp|hei[cf])$/i.test(file.name);
  let stacked = [];

  function stack(files) {
    const pictures = files.filter(isPicture);
    apart(files.filter((file) => !isPicture(file)).map((file) => ({ file }))); // a PDF is a document already
    const room = mostPages - stacked.length;
    stacked.push(...pictures.sort((one, other) => byName.compare(one.name, other.name)).slice(0, room));
    showStack(pictures.length > room ? `一份最多 ${mostPages} 页，多出的 ${pictures.length - room} 张没有加入。` : "");
  }

  function showStack(said = "", focus = null) {
    for (const picture of pages.querySelectorAll("img")) URL.revokeObjectURL(picture.src);
    pages.replaceChildren(...stacked.map(pageOf));
    document.getElementById("stack").hidden = stacked.length === 0;
    document.getElementById("stack-send").disabled = stacked.length < 2;
    document.getElementById("stack-told").textContent = said
      || (stacked.length < 2 ? "再选或再拍其余各页。" : `共 ${stacked.length} 页，按下面的次序合成一份。次序不对时请移动。`);
    if (focus) (pages.querySelector(focus) || document.getElementById("stack-send")).focus();
  }

  function pageOf(file, place) {
    const item = document.createElement("li");
    const picture = Object.assign(document.createElement("img"), { src: URL.createObjectURL(file), alt: `第 ${place + 1} 页：${file.name}` });
    const name = Object.assign(document.createElement("span"), { className: "name", textContent: `第 ${place + 1} 页　${file.name}` });
    const row = document.createElement("div");
    row.className = "row";
    const moves = [["up", "上移", place - 1], ["down", "下移", place + 1]].map(([key, text, to]) => {
      const made = button(text, () => move(place, to, key));
      made.id = `${key}-${place}`;
      made.disabled = to < 0 || to >= stacked.length;
      made.setAttribute("aria-label", `${text}：第 ${place + 1} 页 ${file.name}`);
      return made;
    });
    const gone = button("去掉", () => { stacked.splice(place, 1); showStack("", `#gone-${Math.min(place, stacked.length - 1)}`); });
    gone.id = `gone-${place}`;
    gone.setAttribute("aria-label", `去掉：第 ${place + 1} 页 ${file.name}`);
    row.append(...moves, gone);
    item.append(picture, name, row);
    return item;
  }

  function move(from, to, key) {
    stacked.splice(to, 0, ...stacked.splice(from, 1));
    const edge = key === "up" ? to === 0 : to === stacked.length - 1;
    showStack(`已移到第 ${to + 1} 页。`, `#${edge ? (key === "up" ? "down" : "up") : key}-${to}`);
  }

  function sendStack() {
    const asked = new URLSearchParams();
    for (const file of stacked) { asked.append("name", file.name.slice(-60)); asked.append("size", String(file.size)); }
    const whole = new File(stacked, `${stacked[0].name} 等 ${stacked.length} 页`);
    leaveStack([{ file: whole, pages: asked }]);
  }

  function leaveStack(several) {
    stacked = [];
    showStack();
    together.checked = false;
    apart(several);
    together.focus();
  }

  document.getElementById("stack-send").addEventListener("click", sendStack);
  document.getElementById("stack-apart").addEventListener("click", () => leaveStack(stacked.map((file) => ({ file }))));
  document.getElementById("stack-none").addEventListener("click", () => leaveStack([]));
  document.getElementById("stack-name").addEventListener("click", () => { stacked.sort((one, other) => byName.compare(one.name, other.name)); showStack("已按文件名排好。"); });
  document.getElementById("stack-time").addEventListener("click", () => { stacked.sort((one, other) => one.lastModified - other.lastModified); showStack("已按拍摄时间排好。"); });

  // --- what became of it

  function put(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const item = holder.content.querySelector("li");
    if (!item) return;
    const known = document.getElementById(item.id);
    if (known) known.replaceWith(item);
    else document.getElementById("taken").prepend(item);
    document.getElementById("none").hidden = true;
  }

  let asideLater = 0;
  let listsLater = 0;

  function refreshAside() {
    clearTimeout(asideLater);
    asideLater = setTimeout(() => {
      if (isWritten()) return refreshAside();
      htmx.ajax("GET", "/take/aside", { target: "#aside", swap: "innerHTML" });
    }, 700);
  }

  function refreshLists() {
    clearTimeout(listsLater);
    if (isWritten()) { listsLater = setTimeout(refreshLists, 700); return; }
    htmx.ajax("GET", "/take/lists", { target: "#lists", swap: "innerHTML" });
  }

  // Nobody's words are taken away while a reason is being written.
  function isWritten() {
    const aside = document.getElementById("aside");
    return aside.contains(document.activeElement) || aside.querySelector("details[open]");
  }

  // A browser opens few connections to one desk: a page that nobody looks at gives its own back.
  let source = null;
  let mark = take.dataset.mark;
  let over = false;

  function listen() {
    if (source || over || document.hidden) return;
    source = new EventSource(`/take/events?since=${encodeURIComponent(mark)}`);
    source.addEventListener("file", (event) => put(JSON.parse(event.data)));
    source.addEventListener("tally", (event) => {
      if (event.lastEventId) mark = event.lastEventId;
      const html = JSON.parse(event.data);
      const tally = document.getElementById("tally");
      if (tally.dataset.told !== html) { tally.innerHTML = html; tally.dataset.told = html; }
    });
    source.addEventListener("aside", refreshAside);
    source.addEventListener("anew", refreshLists);
    source.addEventListener("over", () => {
      over = true;
      fallSilent();
      document.getElementById("tally").textContent = "登录已过期。请刷新本页重新登录；收到的文件仍在继续读。";
    });
    // Refused for good, as when the desk was away for too long: try again by hand.
    source.addEventListener("error", () => {
      if (source && source.readyState === EventSource.CLOSED) { fallSilent(); setTimeout(listen, 5000); }
    });
  }

  function fallSilent() {
    if (source) source.close();
    source = null;
  }

  document.addEventListener("visibilitychange", () => document.hidden ? fallSilent() : listen());
  addEventListener("pagehide", fallSilent);
  listen();

  // --- the ways in

  let photographs = 0;

  for (const id of ["camera", "files", "folder"]) {
    const input = document.getElementById(id);
    const chosen = () => {
      const files = [...input.files];
      const some = id === "folder" ? files.filter((file) => wanted(file.name)) : files;
      add(id === "camera" ? some.map(photograph) : some);
      input.value = "";
      if (id === "camera") document.querySelector("label[for=camera]").textContent = "再拍一张";
    };
    input.addEventListener("change", chosen);
    if (input.files.length) chosen(); // somebody was quicker than this script
  }

  function photograph(file) {
    // Every telephone calls every photograph the same.
    photographs += 1;
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
    const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
    const suffix = (file.name.match(/\.[A-Za-z0-9]+$/) || [".jpg"])[0];
    return new File([file], `照片-${day}-${time}-${photographs}${suffix}`, { type: file.type, lastModified: file.lastModified });
  }

  let inside = 0;
  document.addEventListener("dragenter", () => { inside += 1; take.classList.add("over"); });
  document.addEventListener("dragleave", () => { inside -= 1; if (inside <= 0) take.classList.remove("over"); });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    inside = 0;
    take.classList.remove("over");
    add(await dropped(event.dataTransfer));
  });
  addEventListener("beforeunload", (event) => { if (underWay + waiting.length + later + stacked.length) event.preventDefault(); });
})();
