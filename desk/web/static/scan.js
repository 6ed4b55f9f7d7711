// The scan beside a form: moved, enlarged and turned by mouse, keyboard and touch; lights the spot of a field.
"use strict";

class ScanView {
  // `pages` have number, address, turn, width, height; `spots` tell by path the page and the part of it
  // (left, top, right, bottom as shares); `picked` is told the path of a spot that was clicked.
  constructor(box, pages, spots, picked) {
    Object.assign(this, { box, pages, spots, picked });
    this.stage = box.querySelector(".stage");
    this.image = box.querySelector("img");
    this.lit = box.querySelector(".lit");
    this.loading = box.querySelector(".loading");
    this.fingers = new Map();
    this.turns = new Map(pages.map((page) => [page.number, page.turn]));
    this.own = false; // whether somebody chose the scale himself
    this.image.addEventListener("load", () => { this.loading.hidden = true; });
    this.image.addEventListener("error", () => { this.loading.hidden = false; this.loading.textContent = "原件暂时取不到，请刷新页面再试。"; });
    this.listen();
    this.open(pages[0].number);
    new ResizeObserver(() => this.again()).observe(box);
  }

  open(number) {
    const page = this.pages.find((one) => one.number === number) || this.pages[0];
    if (this.page === page) return;
    this.page = page;
    this.loading.hidden = false;
    this.image.src = page.address;
    this.image.width = page.width;
    this.image.height = page.height;
    this.stage.style.width = `${page.width}px`;
    this.stage.style.height = `${page.height}px`;
    document.querySelectorAll("[data-page]").forEach((button) =>
      button.setAttribute("aria-pressed", String(Number(button.dataset.page) === page.number)));
    this.lit.hidden = true;
    this.marks();
    this.fit();
  }

  // --- where things are

  get turn() { return this.turns.get(this.page.number); }

  turned(x, y) {
    return { 0: [x, y], 90: [-y, x], 180: [-x, -y], 270: [y, -x] }[this.turn];
  }

  back(x, y) {
    return { 0: [x, y], 90: [y, -x], 180: [-x, -y], 270: [-y, x] }[this.turn];
  }

  bounds([left, top, right, bottom]) {
    const { width, height } = this.page;
    const [x0, y0] = this.turned(left * width, top * height);
    const [x1, y1] = this.turned(right * width, bottom * height);
    return { x: Math.min(x0, x1), y: Math.min(y0, y1), width: Math.abs(x1 - x0), height: Math.abs(y1 - y0) };
  }

  get view() { return { width: this.box.clientWidth, height: this.box.clientHeight }; }

  scales() {
    const page = this.bounds([0, 0, 1, 1]), view = this.view;
    const across = view.width / page.width, down = view.height / page.height;
    return { whole: Math.min(across, down), wide: Math.max(Math.min(across, down), Math.min(across, 2 * down)) };
  }

  // --- showing

  fit(whole = false) {
    const page = this.bounds([0, 0, 1, 1]), { whole: small, wide } = this.scales();
    this.own = false;
    this.scale = whole ? small : wide;
    this.x = (this.view.width - page.width * this.scale) / 2 - page.x * this.scale;
    this.y = (whole ? (this.view.height - page.height * this.scale) / 2 : 0) - page.y * this.scale;
    this.draw();
  }

  show(path) {
    const spot = this.spots[path];
    this.path = path;
    if (!spot) { this.lit.hidden = true; return; }
    this.open(spot.page);
    this.place(this.lit, spot.part);
    this.lit.hidden = false;
    const part = this.bounds(spot.part), view = this.view, { wide } = this.scales();
    if (!this.own) {
      const wanted = Math.min((0.75 * view.width) / Math.max(part.width, 1), (0.22 * view.height) / Math.max(part.height, 1));
      this.scale = Math.min(Math.max(wanted, wide), Math.max(4 * wide, Math.min(8 * wide, 1.6)));
    }
    this.x = view.width / 2 - (part.x + part.width / 2) * this.scale;
    this.y = view.height * 0.42 - (part.y + part.height / 2) * this.scale;
    this.draw(true);
  }

  again() {
    if (!this.page || !this.view.width) return;
    if (this.path && this.spots[this.path]) this.show(this.path); else if (!this.own) this.fit();
  }

  place(element, [left, top, right, bottom]) {
    const { width, height } = this.page;
    element.style.left = `${left * width}px`;
    element.style.top = `${top * height}px`;
    element.style.width = `${(right - left) * width}px`;
    element.style.height = `${(bottom - top) * height}px`;
  }

  marks(open = this.doubts || []) {
    this.doubts = open;
    this.stage.querySelectorAll(".spot").forEach((one) => one.remove());
    for (const path of open) {
      const spot = this.spots[path];
      if (!spot || spot.page !== this.page.number) continue;
      const mark = document.createElement("div");
      mark.className = "spot";
      this.place(mark, spot.part);
      this.stage.append(mark);
    }
  }

  draw(smooth = false) {
    const page = this.bounds([0, 0, 1, 1]), view = this.view;
    const inside = (at, start, size, room) => {
      const low = room - (start + size) * this.scale, high = -start * this.scale;
      return low < high ? Math.min(Math.max(at, low - 0.4 * room), high + 0.4 * room) : Math.min(Math.max(at, high), low);
    };
    this.x = inside(this.x, page.x, page.width, view.width);
    this.y = inside(this.y, page.y, page.height, view.height);
    this.stage.classList.toggle("smooth", smooth);
    this.stage.style.setProperty("--one", String(1 / this.scale));
    this.stage.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale}) rotate(${this.turn}deg)`;
  }

  zoom(factor, x = this.view.width / 2, y = this.view.height / 2) {
    const { whole, wide } = this.scales();
    const scale = Math.min(Math.max(this.scale * factor, whole * 0.8), wide * 12);
    this.x = x - ((x - this.x) * scale) / this.scale;
    this.y = y - ((y - this.y) * scale) / this.scale;
    this.scale = scale;
    this.own = true;
    this.draw();
  }

  rotate() {
    this.turns.set(this.page.number, (this.turn + 90) % 360);
    this.own = false;
    if (this.path && this.spots[this.path]?.page === this.page.number) this.show(this.path); else this.fit();
  }

  move(x, y) {
    this.x += x;
    this.y += y;
    this.draw();
  }

  // --- hands

  listen() {
    this.box.addEventListener("wheel", (event) => {
      event.preventDefault();
      const { x, y } = this.at(event);
      this.zoom(event.deltaY < 0 ? 1.18 : 1 / 1.18, x, y);
    }, { passive: false });
    this.box.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "mouse" && event.button !== 0) return;
      this.box.setPointerCapture(event.pointerId);
      this.fingers.set(event.pointerId, this.at(event));
      this.moved = this.fingers.size > 1;
    });
    this.box.addEventListener("pointermove", (event) => this.dragged(event));
    for (const end of ["pointerup", "pointercancel"]) this.box.addEventListener(end, (event) => this.lifted(event, end));
    this.box.addEventListener("keydown", (event) => this.key(event));
    document.querySelectorAll("[data-scan]").forEach((button) => button.addEventListener("click", () => this.order(button.dataset.scan)));
    document.querySelectorAll("[data-page]").forEach((button) => button.addEventListener("click", () => this.open(Number(button.dataset.page))));
  }

  order(what) {
    ({ closer: () => this.zoom(1.35), further: () => this.zoom(1 / 1.35), turn: () => this.rotate(), whole: () => this.fit(true) })[what]();
  }

  at(event) {
    const frame = this.box.getBoundingClientRect();
    return { x: event.clientX - frame.left, y: event.clientY - frame.top };
  }

  dragged(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const now = this.at(event);
    if (this.fingers.size === 2) {
      const other = [...this.fingers].find(([id]) => id !== event.pointerId)[1];
      const apart = (one) => Math.max(Math.hypot(one.x - other.x, one.y - other.y), 1);
      this.zoom(apart(now) / apart(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
    } else if (this.moved || Math.hypot(now.x - before.x, now.y - before.y) > 4) {
      this.moved = true;
      this.move(now.x - before.x, now.y - before.y);
    } else return;
    this.fingers.set(event.pointerId, now);
  }

  lifted(event, end) {
    if (!this.fingers.delete(event.pointerId)) return;
    if (end === "pointerup" && !this.moved) this.pick(this.at(event));
  }

  pick({ x, y }) {
    const [across, down] = this.back((x - this.x) / this.scale, (y - this.y) / this.scale);
    const u = across / this.page.width, v = down / this.page.height;
    let best = null, least = Infinity;
    for (const [path, { page, part: [left, top, right, bottom] }] of Object.entries(this.spots)) {
      const size = (right - left) * (bottom - top);
      if (page === this.page.number && left <= u && u <= right && top <= v && v <= bottom && size < least) {
        best = path;
        least = size;
      }
    }
    if (best) this.picked(best);
  }

  key(event) {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = 70;
    const orders = {
      ArrowLeft: () => this.move(step, 0), ArrowRight: () => this.move(-step, 0),
      ArrowUp: () => this.move(0, step), ArrowDown: () => this.move(0, -step),
      "+": () => this.zoom(1.35), "=": () => this.zoom(1.35), "-": () => this.zoom(1 / 1.35),
      r: () => this.rotate(), R: () => this.rotate(), 0: () => this.fit(true),
    };
    if (!orders[event.key]) return;
    event.preventDefault();
    orders[event.key]();
  }
}

window.ScanView = ScanView;
