// Type-ahead: entries of a list under a field, found by characters, pinyin or initials of pinyin.
"use strict";

class Chooser {
  // `lists` tell by name: closed (nothing else may stand there), entries as [text, pinyin and initials].
  constructor(box, lists) {
    Object.assign(this, { box, lists, input: null, at: -1, found: [] });
    box.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    box.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.take(Number(option.dataset.place));
    });
  }

  list(input) { return this.lists[input.dataset.list]; }

  get isOpen() { return !this.box.hidden; }

  prepare(input) {
    if (!this.list(input) || input.readOnly || input.getAttribute("role") === "combobox") return;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", this.box.id);
  }

  open(input, all = false) {
    const list = this.list(input);
    if (!list || input.readOnly || input.disabled) return this.close();
    const asked = input.value.trim();
    this.found = all ? list.entries.map(([text]) => text) : Chooser.matching(list.entries, asked);
    if (!this.found.length || (!all && this.found.length === 1 && this.found[0] === asked)) return this.close();
    this.input = input;
    this.at = all ? this.found.indexOf(asked) : list.closed || /^[a-z']+$/i.test(asked) ? 0 : -1;
    this.fill();
    this.place();
    input.setAttribute("aria-expanded", "true");
  }

  static matching(entries, asked) {
    if (!asked) return entries.slice(0, 60).map(([text]) => text);
    const typed = asked.toLowerCase().replaceAll("'", "").replaceAll("ü", "v");
    const rank = ([text, spelled]) => {
      if (text === asked) return 0;
      if (text.startsWith(asked)) return 1;
      if (/^[a-z]+$/.test(typed)) {
        const words = spelled.split(" ");
        if (words.includes(typed)) return 1;
        if (words.some((word) => word.startsWith(typed))) return 2;
      }
      return text.includes(asked) ? 3 : 9;
    };
    return entries.map((entry, place) => [rank(entry), place, entry[0]]).filter(([weight]) => weight < 9)
      .sort((one, other) => one[0] - other[0] || one[1] - other[1]).slice(0, 60).map(([, , text]) => text);
  }

  fill() {
    this.box.replaceChildren(...this.found.map((text, place) => {
      const option = document.createElement("li");
      option.id = `choice-${place}`;
      option.setAttribute("role", "option");
      option.dataset.place = String(place);
      option.textContent = text;
      return option;
    }));
    this.box.hidden = false;
    this.point();
  }

  place() {
    const frame = this.input.getBoundingClientRect();
    const below = window.innerHeight - frame.bottom, up = below < 180 && frame.top > below;
    this.box.style.left = `${Math.max(4, Math.min(frame.left, window.innerWidth - 220))}px`;
    this.box.style.minWidth = `${frame.width}px`;
    this.box.style.maxHeight = `${Math.min(320, (up ? frame.top : below) - 12)}px`;
    this.box.style.top = up ? "auto" : `${frame.bottom + 2}px`;
    this.box.style.bottom = up ? `${window.innerHeight - frame.top + 2}px` : "auto";
  }

  point() {
    [...this.box.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === this.at)));
    const option = this.box.children[this.at];
    if (option) { this.input.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
    else this.input.removeAttribute("aria-activedescendant");
  }

  move(step) {
    this.at = (this.at + step + this.found.length) % this.found.length;
    this.point();
  }

  get current() { return this.isOpen && this.at >= 0 ? this.found[this.at] : null; }

  take(place) {
    const input = this.input;
    this.at = place;
    if (input) {
      input.value = this.found[place];
      this.close();
      input.dispatchEvent(new Event("input", { bubbles: true }));
      this.close();
      input.focus();
    }
  }

  close() {
    if (this.input) { this.input.setAttribute("aria-expanded", "false"); this.input.removeAttribute("aria-activedescendant"); }
    this.box.hidden = true;
    this.at = -1;
    this.input = null;
  }
}

window.Chooser = Chooser;
