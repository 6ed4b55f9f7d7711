// The review station: each decision is sent by itself and kept at once; all by keyboard, safe with input methods.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const root = document.getElementById("review");
  if (root) new Station(root);
});

const TYPING = 350; // milliseconds without a key after which what is being typed is kept
const CLAIM = 60000; // milliseconds between two signs that the draft is open here
const SEPARATOR = "、";
const composing = (event) => event.isComposing || event.keyCode === 229;

class Station {
  constructor(root) {
    this.root = root;
    this.mode = root.dataset.mode;
    this.way = `/review/${root.dataset.number}`;
    this.state = JSON.parse(root.dataset.state);
    this.problems = new Map();
    this.before = new Map(); // what stood in a field before somebody typed
    this.timers = new Map();
    this.seen = new Set(); // what somebody who approves has passed
    this.headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" };
    this.jobs = [];
    this.fields = document.getElementById("fields");
    this.go = document.getElementById("go");
    this.told = document.getElementById("told");
    this.chooser = new Chooser(document.getElementById("choices"), JSON.parse(root.dataset.lists));
    const pages = JSON.parse(root.dataset.pages);
    const scan = document.getElementById("scan");
    this.scan = scan && pages.length ? new ScanView(scan, pages, this.state.spots, (path) => this.focus(path, true)) : null;
    this.listen();
    this.fields.querySelectorAll("[data-typed]").forEach((field) => this.before.set(field.dataset.path, field.dataset.read));
    this.fields.querySelectorAll("[data-most]").forEach((field) => this.bound(field));
    this.render();
    this.first();
    this.claim();
    setInterval(() => document.visibilityState === "visible" && this.claim(), CLAIM);
  }

  get clear() {
    if (this.mode === "approve") return "改动处都看过了";
    return this.fields.querySelector(".doubtful") ? "存疑处都已核定" : "没有存疑之处";
  }

  get changes() { return this.mode === "file" || this.mode === "approve"; }

  // --- sending: one after the other, again and again until the desk has it

  send(method, way, body = {}, path = "") {
    return new Promise((resolve) => {
      const job = { method, way: `${this.way}/${way}`, body, path, resolve };
      if (body.typing) this.jobs = this.jobs.filter((one, place) => place === 0 || !(one.path === path && one.body.typing));
      this.jobs.push(job);
      this.work();
    });
  }

  async work() {
    if (this.working) return;
    this.working = true;
    let pause = 700;
    while (this.jobs.length) {
      const job = this.jobs[0];
      this.say("正在保存…");
      try {
        const answer = await fetch(job.way, {
          method: job.method, headers: this.headers, credentials: "same-origin",
          body: job.method === "DELETE" ? undefined : new URLSearchParams(job.body),
        });
        const said = await answer.text(); // only a whole answer counts, and they are heard in order
        if ((answer.status === 401 || answer.status === 403) && await this.knock()) continue;
        if (this.missing || answer.status === 401) this.sayWhoIsMissing();
        else if (answer.status >= 500 || answer.status === 429) {
          this.say(`程序正忙，${this.jobs.length} 项还没有保存，正在重试。`, true);
        } else {
          this.jobs.shift();
          job.resolve({ ok: answer.ok, said });
          pause = 700;
          continue;
        }
      } catch {
        this.say(`没有连上档案程序，${this.jobs.length} 项还没有保存，正在重试。请不要关闭本页。`, true);
      }
      await new Promise((rest) => setTimeout(rest, pause));
      pause = Math.min(pause * 1.5, 4000);
    }
    this.working = false;
    this.say(`已保存 ${new Date().toLocaleTimeString("zh-CN", { hour12: false })}`);
  }

  // Whether who opened this page has signed in again in another window; nothing is ever sent in another's name.
  async knock() {
    const here = await signedIn();
    this.missing = !here || !here.same;
    this.stranger = here && this.missing ? here.shown : "";
    if (this.missing || this.headers["X-CSRF-Token"] === here.csrf) return false;
    takesToken(here.csrf);
    Object.assign(this.headers, JSON.parse(document.body.getAttribute("hx-headers")));
    return true;
  }

  sayWhoIsMissing() {
    const left = `${this.jobs.length} 项还没有保存`, who = this.stranger;
    this.say(who ? `现在登录的是${who}，本页是${opener()}打开的，${left}，不会记在${who}名下。请${opener()}` : `登录已过期，${left}。请`, true);
    document.getElementById("saved").append(doorTo("在新窗口重新登录"), "，这里会接着保存。");
  }

  say(text, wrong = false) {
    const saved = document.getElementById("saved");
    saved.textContent = text;
    saved.classList.toggle("wrong", wrong);
  }

  complain(text) {
    const line = document.createElement("p");
    line.className = "fault";
    line.textContent = text;
    this.told.replaceChildren(line);
    if (text) this.told.scrollIntoView({ block: "nearest" });
  }

  heard(answer, path) {
    if (!answer.ok) {
      const part = new DOMParser().parseFromString(answer.said, "text/html");
      this.complain(part.body.textContent.trim() || "没有保存成功。请刷新页面再试。");
      this.refused = path;
      return null;
    }
    // That one field was refused stays to be read until that field is kept.
    if (!this.refused || this.refused === path) {
      this.refused = null;
      this.told.replaceChildren();
    }
    const told = JSON.parse(answer.said);
    // What was decided since is on its way and not yet in this answer.
    const decided = new Set(this.jobs.filter((job) => job.method === "PUT" && !job.body.typing).map((job) => job.path));
    Object.assign(this.state, { open: told.open.filter((one) => !decided.has(one)), look: told.look, findings: told.findings });
    if (told.field) this.stands(told.field);
    this.render();
    return told;
  }

  // --- fields

  field(path) { return this.fields.querySelector(`.field[data-path="${CSS.escape(path)}"]`); }

  control(field) { return field.querySelector("input:not(:disabled), textarea") || field.querySelector("input"); }

  text(field) {
    if (!("several" in field.dataset)) return this.control(field).value;
    return [...field.querySelectorAll("input:checked")].map((one) => one.value).join(SEPARATOR);
  }

  put(field, text) {
    if (!("several" in field.dataset)) { this.control(field).value = text; return; }
    const chosen = text.split(SEPARATOR);
    field.querySelectorAll("input").forEach((one) => { one.checked = chosen.includes(one.value); });
    this.bound(field);
  }

  bound(field) {
    const most = Number(field.dataset.most) || Infinity;
    const boxes = [...field.querySelectorAll("input")];
    const full = boxes.filter((one) => one.checked).length >= most;
    boxes.forEach((one) => { one.disabled = !this.changes || (full && !one.checked); });
  }

  stands(told) {
    const field = this.field(told.path);
    if (!field) return;
    field.classList.toggle("decided", told.decided);
    field.classList.toggle("changed", told.changed);
    if (told.problems.length) this.problems.set(told.path, told.problems); else this.problems.delete(told.path);
    const busy = this.before.has(told.path) || this.jobs.some((job) => job.path === told.path);
    if (!busy && told.decided && this.text(field) !== told.now) {
      if ("several" in field.dataset) this.put(field, told.chosen.join(SEPARATOR)); else this.put(field, told.now);
    }
  }

  typed(field) {
    const path = field.dataset.path;
    if (!this.before.has(path)) this.before.set(path, field.dataset.stood ?? "");
    clearTimeout(this.timers.get(path));
    this.timers.set(path, setTimeout(() => this.keep(field), TYPING));
  }

  keep(field) {
    const path = field.dataset.path;
    if (!this.before.has(path)) return;
    this.send("PUT", `fields/${path}`, { text: this.text(field), typing: true }, path).then((answer) => this.heard(answer, path));
  }

  // What stands in the field is decided, typed or as it was read.
  decide(field) {
    const path = field.dataset.path, changed = this.before.has(path);
    clearTimeout(this.timers.get(path));
    this.before.delete(path);
    field.dataset.stood = this.text(field);
    this.state.open = this.state.open.filter((one) => one !== path);
    const body = changed ? { text: this.text(field) } : { as_read: true };
    this.send("PUT", `fields/${path}`, body, path).then((answer) => this.heard(answer, path));
    this.render();
  }

  revert(field) {
    const path = field.dataset.path;
    if (!this.before.has(path)) return false;
    clearTimeout(this.timers.get(path));
    this.put(field, this.before.get(path));
    const decided = field.classList.contains("decided");
    this.before.delete(path);
    const done = decided ? this.send("PUT", `fields/${path}`, { text: this.text(field) }, path) : this.send("DELETE", `fields/${path}`, {}, path);
    done.then((answer) => this.heard(answer, path));
    return true;
  }

  // --- going from doubt to doubt

  order() { return [...this.fields.querySelectorAll(".field")].filter((one) => !one.closest(".dropped")); }

  waiting() {
    const left = this.mode === "approve" ? this.state.look.filter((path) => !this.seen.has(path)) : this.state.open;
    return new Set(left);
  }

  first() {
    if (!this.changes) return;
    const waiting = this.waiting();
    const field = this.order().find((one) => waiting.has(one.dataset.path));
    if (field) this.focus(field.dataset.path); else this.go?.focus();
  }

  next(field) {
    const order = this.order(), waiting = this.waiting(), at = order.indexOf(field);
    const found = [...order.slice(at + 1), ...order.slice(0, at)].find((one) => waiting.has(one.dataset.path));
    if (found) this.focus(found.dataset.path); else this.go?.focus();
  }

  previous(field) {
    const order = this.order(), at = field ? order.indexOf(field) : order.length;
    const found = order.slice(0, at).reverse().find((one) => one.matches(".doubtful, .changed"));
    if (found) this.focus(found.dataset.path);
  }

  focus(path, scan = false) {
    const field = this.field(path);
    if (!field) return;
    const control = this.control(field);
    control.focus({ preventScroll: true });
    if (control.select && !control.readOnly && control.type !== "checkbox") control.select();
    field.scrollIntoView({ block: scan ? "center" : "nearest" });
  }

  accept(field) {
    const path = field.dataset.path;
    if (this.chooser.current !== null) this.chooser.take(this.chooser.at);
    this.chooser.close();
    if (this.before.has(path) || (this.mode === "file" && this.state.open.includes(path))) this.decide(field);
    this.seen.add(path);
    this.next(field);
    this.render();
  }

  other(field, place) {
    const button = field.querySelectorAll(".other")[place];
    if (!button) return false;
    this.typed(field);
    this.put(field, button.dataset.text);
    this.chooser.close();
    this.decide(field);
    return true;
  }

  // --- telling

  render() {
    const open = new Set(this.state.open);
    for (const field of this.fields.querySelectorAll(".field")) {
      const path = field.dataset.path;
      field.classList.toggle("open", open.has(path) && !field.closest(".dropped"));
      field.classList.toggle("look", this.mode === "approve" && this.waiting().has(path));
      if (!this.before.has(path)) field.dataset.stood = this.text(field);
      this.tellField(field, path);
    }
    const left = this.waiting().size, count = document.getElementById("count");
    const sort = this.mode === "approve" ? "处没有看过" : "处存疑";
    if (this.changes) count.textContent = left ? `还有 ${left} ${sort}` : this.clear;
    count.classList.toggle("clear", !left);
    this.tellBroken();
    this.scan?.marks([...this.waiting()]);
  }

  tellField(field, path) {
    const lines = [...(this.problems.get(path) || []), ...this.state.findings.filter((one) => one.paths.includes(path))];
    const said = [...new Map(lines.map((one) => [one.said, one])).values()];
    const told = field.querySelector(".told");
    const key = JSON.stringify(said.map((one) => one.said));
    field.classList.toggle("wrong", said.some((one) => one.severity === "error"));
    if (told.dataset.key === key) return;
    told.dataset.key = key;
    told.replaceChildren(...said.map((one) => {
      const line = document.createElement("p");
      line.className = `finding ${one.severity}`;
      line.textContent = one.said;
      return line;
    }));
  }

  tellBroken() {
    const broken = document.getElementById("broken");
    broken.hidden = !this.state.findings.length;
    broken.querySelector("ul").replaceChildren(...this.state.findings.map((one) => {
      const line = document.createElement("li");
      line.className = `finding ${one.severity}`;
      const path = one.paths.find((each) => this.field(each));
      const said = document.createElement(path ? "button" : "span");
      said.textContent = one.said;
      if (path) { said.type = "button"; said.className = "plain"; said.addEventListener("click", () => this.focus(path)); }
      line.append(said);
      return line;
    }));
  }

  // --- rows

  async add(button) {
    const table = button.closest("[data-table]"), index = Number(table.dataset.rows);
    const answer = await fetch(`${this.way}/rows/${table.dataset.table}/${index}`, { headers: this.headers });
    if (!answer.ok) { this.complain("没有加上。请再试一次。"); return; }
    table.dataset.rows = String(index + 1);
    button.insertAdjacentHTML("beforebegin", await answer.text());
    const row = button.previousElementSibling;
    this.render();
    row.querySelector("input")?.focus();
  }

  drop(button) {
    const row = button.closest("[data-row]"), dropped = !row.classList.contains("dropped");
    const [table, index] = button.dataset.drop.split(".");
    this.send("PUT", `rows/${table}/${index}`, { dropped }).then((answer) => this.heard(answer)).then((told) => {
      if (!told) return;
      if (dropped && "added" in row.dataset) row.remove();
      else {
        row.classList.toggle("dropped", dropped);
        row.querySelectorAll("input, textarea").forEach((one) => { one.disabled = dropped; });
        button.textContent = dropped ? "恢复这一行" : "删去这一行";
      }
      this.render();
    });
  }

  // --- steps

  async step(what, own = false) {
    if (this.stepping) return;
    const asks = {
      skip: ["跳过这一份", "排到最后，以后再核对。理由可不写。", false],
      "send-back": ["退回给建档人", "请写明要改什么。您在这里改的内容不会保留。", true],
      drop: ["丢弃这份草稿", "不建档，原件仍保存。请写明理由。", true],
    };
    // What was filed again meanwhile is not what stands here.
    const body = what === "approve" ? { seen: this.state.seen } : {};
    if (asks[what] && !own) {
      const why = await this.ask(...asks[what]);
      if (why === null) return;
      body.why = why;
    }
    this.commitAll();
    if (what === "file" && !this.working && this.state.open.length) { this.refuseOpen(); return; }
    this.stepping = true;
    try { await this.take(what, body); } finally { this.stepping = false; }
  }

  refuseOpen() {
    this.complain(`还有 ${this.state.open.length} 处存疑没有核定。`);
    this.first();
  }

  async take(what, body) {
    for (;;) {
      const answer = await this.send("POST", what, body);
      if (!answer.ok) { this.heard(answer); return; }
      const told = JSON.parse(answer.said);
      if (!told.error) {
        this.left = true;
        location.assign(told.next);
        return;
      }
      if (!told.may) {
        this.complain(told.message);
        const path = told.fields.find((one) => this.field(one));
        if (path) this.focus(path);
        return;
      }
      const forced = told.error === "same_worker";
      const why = await this.ask(forced ? "该职工已有档案" : "还有错误", told.message, !forced, told.record);
      if (why === null) return;
      if (forced) body.force = true; else body.why = why;
    }
  }

  commitAll() {
    this.timers.forEach((timer) => clearTimeout(timer));
    for (const path of [...this.before.keys()]) { const field = this.field(path); if (field) this.decide(field); }
  }

  ask(title, said, needed, record = "") {
    const box = document.getElementById("ask"), why = document.getElementById("ask-why");
    document.getElementById("ask-title").textContent = title;
    document.getElementById("ask-said").textContent = said;
    const line = document.getElementById("ask-record");
    line.hidden = !record;
    line.replaceChildren();
    if (record) {
      const link = Object.assign(document.createElement("a"), { href: `/records/${record}`, target: "_blank", textContent: `打开档案 ${record}` });
      const joins = Object.assign(document.createElement("a"), { href: `/records/${record}/against/${this.way.split("/").pop()}`, textContent: "用这份表更新那份档案" });
      line.append(link, "，或", joins, "。确是同一人的另一份档案、须另建时，再按“确定”。");
    }
    why.value = "";
    why.hidden = Boolean(record);
    box.querySelector("label").hidden = Boolean(record);
    return new Promise((resolve) => {
      const back = document.activeElement;
      const done = (value) => {
        if (value !== null && needed && !value.trim()) { why.focus(); why.setAttribute("aria-invalid", "true"); return; }
        stop.abort();
        box.close();
        if (value === null) back?.focus?.();
        resolve(value);
      };
      const stop = new AbortController(), { signal } = stop;
      document.getElementById("ask-yes").addEventListener("click", () => done(why.value), { signal });
      document.getElementById("ask-no").addEventListener("click", () => done(null), { signal });
      box.addEventListener("cancel", (event) => { event.preventDefault(); done(null); }, { signal });
      why.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.shiftKey || composing(event) || event.repeat) return;
        event.preventDefault();
        done(why.value);
      }, { signal });
      why.removeAttribute("aria-invalid");
      box.showModal();
      (record ? document.getElementById("ask-no") : why).focus();
    });
  }

  async claim(force = false) {
    if (!this.changes) return;
    try {
      const answer = await fetch(`${this.way}/claim`, { method: "POST", headers: this.headers, body: new URLSearchParams({ force }) });
      const bar = document.getElementById("claimed");
      if (!answer.ok) return;
      const { message = "" } = await answer.json();
      bar.querySelector("span").textContent = message;
      bar.hidden = !message;
    } catch { /* what is to be saved is kept and tells of it */ }
  }

  // --- keys and clicks

  listen() {
    this.fields.addEventListener("focusin", (event) => this.entered(event));
    this.fields.addEventListener("focusout", (event) => this.leaves(event));
    this.fields.addEventListener("input", (event) => this.changed(event));
    this.fields.addEventListener("compositionend", (event) => this.changed(event));
    this.fields.addEventListener("click", (event) => this.clicked(event));
    document.addEventListener("keydown", (event) => this.key(event));
    document.querySelectorAll("[data-step]").forEach((button) =>
      button.addEventListener("click", () => this.step(button.dataset.step, "own" in button.dataset)));
    this.root.querySelector("[data-next]")?.addEventListener("click", () => {
      if (this.current && !this.current.closest(".dropped")) this.accept(this.current); else this.first();
    });
    document.getElementById("take-over").addEventListener("click", () => this.claim(true));
    const help = document.getElementById("help");
    document.getElementById("help-open").addEventListener("click", () => help.showModal());
    document.getElementById("help-close").addEventListener("click", () => help.close());
    addEventListener("beforeunload", (event) => { if (this.jobs.length && !this.left) event.preventDefault(); });
    addEventListener("pagehide", () => this.leave());
  }

  entered(event) {
    const field = event.target.closest(".field");
    if (!field) return;
    if (event.target.dataset?.list) this.chooser.prepare(event.target);
    if (this.current !== field) {
      this.current?.classList.remove("current");
      this.current = field;
      field.classList.add("current");
      this.scan?.show(field.dataset.path);
      document.querySelectorAll("[data-raw]").forEach((one) => one.classList.toggle("lit", one.dataset.raw === field.dataset.path));
    }
  }

  leaves(event) {
    const field = event.target.closest(".field");
    if (!field || field.contains(event.relatedTarget)) return;
    this.chooser.close();
    if (this.before.has(field.dataset.path)) this.decide(field);
  }

  changed(event) {
    const field = event.target.closest(".field");
    if (!field || (event.type === "input" && event.isComposing)) return;
    if ("several" in field.dataset) this.bound(field);
    this.typed(field);
    if (event.target.dataset?.list) this.chooser.open(event.target);
  }

  clicked(event) {
    const button = event.target.closest("button");
    const field = event.target.closest(".field");
    if (!button) return;
    if (button.classList.contains("other")) {
      this.other(field, [...field.querySelectorAll(".other")].indexOf(button));
      this.focus(field.dataset.path);
    } else if (button.dataset.drop) this.drop(button);
    else if (button.dataset.add) this.add(button);
  }

  key(event) {
    if (composing(event)) return; // Enter, digits and Escape are the input method's
    if (document.querySelector("dialog[open]")) return;
    const field = event.target.closest?.(".field");
    const orders = this.orders(event, field);
    const name = [event.ctrlKey && "Ctrl", event.altKey && "Alt", event.shiftKey && "Shift", event.altKey ? event.code : event.key].filter(Boolean).join("+");
    const order = orders[name];
    if (!order || order() === false) return;
    event.preventDefault();
    event.stopPropagation();
  }

  orders(event, field) {
    const typing = event.target.matches?.("input:not([type=checkbox]), textarea, select");
    const once = (what) => () => { if (!event.repeat) what(); };
    const go = once(() => this.go?.click());
    const orders = {
      F1: () => document.getElementById("help").showModal(),
      F2: go, "Ctrl+Enter": go,
      F8: once(() => this.root.querySelector("[data-step=skip]")?.click()),
      F9: once(() => this.root.querySelector("[data-step=send-back]")?.click()),
      "Alt+ArrowUp": () => this.scan?.zoom(1.35), "Alt+ArrowDown": () => this.scan?.zoom(1 / 1.35),
      "Alt+KeyR": () => this.scan?.rotate(), "Alt+Digit0": () => this.scan?.fit(true),
      "Shift+Enter": once(() => this.previous(field)),
    };
    if (!typing) orders["Shift+?"] = orders["?"] = orders.F1;
    if (event.target === this.go) orders.Enter = () => (event.repeat ? true : false);
    if (field && this.changes) Object.assign(orders, this.ofField(event, field));
    return orders;
  }

  ofField(event, field) {
    const control = event.target, open = this.chooser.isOpen;
    if (control.tagName === "BUTTON") return {};
    const orders = {
      Enter: () => { if (!event.repeat) this.accept(field); },
      Escape: () => { if (open) { this.chooser.close(); return true; } return this.revert(field); },
    };
    for (let place = 1; place <= 9; place += 1) {
      orders[`Alt+Digit${place}`] = orders[`Alt+Numpad${place}`] = () => this.other(field, place - 1);
    }
    if (control.type === "checkbox") Object.assign(orders, this.ofMarks(field, control));
    else if (control.dataset.list && this.chooser.list(control)) {
      orders.ArrowDown = () => { if (open) this.chooser.move(1); else this.chooser.open(control, true); };
      orders.ArrowUp = () => { if (!open) return false; this.chooser.move(-1); return true; };
    }
    return orders;
  }

  ofMarks(field, control) {
    const boxes = [...field.querySelectorAll("input:not(:disabled)")], at = boxes.indexOf(control);
    const to = (place) => () => boxes[(place + boxes.length) % boxes.length].focus();
    const orders = { ArrowDown: to(at + 1), ArrowRight: to(at + 1), ArrowUp: to(at - 1), ArrowLeft: to(at - 1) };
    [...field.querySelectorAll("input")].slice(0, 9).forEach((box, place) => {
      orders[String(place + 1)] = () => { if (!box.disabled) box.click(); };
    });
    return orders;
  }

  // What is still being typed when the page goes is kept, though not decided.
  leave() {
    if (this.left || !this.changes) return;
    const last = (method, way, body) => fetch(`${this.way}/${way}`, { method, headers: this.headers, body: new URLSearchParams(body), keepalive: true }).catch(() => {});
    for (const path of this.before.keys()) {
      const field = this.field(path);
      if (field) last("PUT", `fields/${path}`, { text: this.text(field), typing: true });
    }
    last("POST", "release", {});
  }
}
