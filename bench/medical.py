"""The papers of the bundled medical case, drawn: `python -m bench.medical` from the root.

In: `scans/samples/medical/record.json` and `case.json`, which say what stands on each paper.
Out: one picture a paper beside them. People, unit and hospitals are invented; no seal
and no signature is drawn: what `case.json` says of seals, a clerk saw on the paper itself.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from desk.exchange import as_record
from docgen.documents import make
from docgen.office import Office
from records.archive import Record
from records.editions import load_editions

FOLDER = Path(__file__).resolve().parents[1] / "scans" / "samples" / "medical"
PRINT, PEN = "Noto Serif CJK SC", "LXGW WenKai"
DPI = 150
A4, RECEIPT = (210, 297), (210, 127)
_DIGITS, _UNITS = "零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟")
Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of paper to draw on, in millimetres."""

    picture: Image.Image
    pen: ImageDraw.ImageDraw

    @classmethod
    def of(cls, size: tuple[int, int]) -> Sheet:
        """An empty sheet of this size."""
        picture = Image.new("L", (_pixels(size[0]), _pixels(size[1])), 250)
        return cls(picture, ImageDraw.Draw(picture))

    def write(self, x: float, y: float, text: str, size: float = 4.2, face: str = PRINT) -> None:
        """Text at a place, `size` millimetres high."""
        self.pen.text((_pixels(x), _pixels(y)), text, fill=40, font=_font(face, _pixels(size)))

    def box(self, x: float, y: float, wide: float, high: float) -> None:
        """A ruled box."""
        corners = [_pixels(each) for each in (x, y, x + wide, y + high)]
        self.pen.rectangle(corners, outline=70, width=2)

    def cell(self, x: float, y: float, wide: float, label: str, text: str, pen: str = PEN) -> None:
        """A box with its label and what stands behind it."""
        self.box(x, y, wide, 9)
        self.write(x + 2, y + 2.2, label)
        self.write(x + 4 + 4.2 * len(label), y + 2.2, text, face=pen)


def _pixels(millimetres: float) -> int:
    return round(millimetres * DPI / 25.4)


def _font(face: str, size: int) -> ImageFont.FreeTypeFont:
    program = shutil.which("fc-match") or "fc-match"
    told = subprocess.run(
        [program, "-f", "%{file}|%{index}", face], capture_output=True, text=True, check=True
    )
    file, _, index = told.stdout.partition("|")
    return ImageFont.truetype(file, size, index=int(index))


def capitals(amount: Decimal) -> str:
    """An amount in the numerals of invoices: 壹万贰仟元零伍分, 叁拾元整."""
    yuan, cents = divmod(int(amount * 100), 100)
    whole = _section(yuan // 10000, "万") + _section(yuan % 10000, "", pad=yuan >= 10000)
    jiao, fen = divmod(cents, 10)
    if not cents:
        return f"{whole}元整"
    told = f"{_DIGITS[jiao]}角" if jiao else "零"
    return f"{whole}元{told}" + (f"{_DIGITS[fen]}分" if fen else "整")


def _section(number: int, unit: str, *, pad: bool = False) -> str:
    if not number:
        return ""
    told, zero = "", pad and number < 1000
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            told += ("零" if zero else "") + _DIGITS[digit] + _UNITS[place]
        zero = not digit and (bool(told) or (pad and number < 1000))
    return told + unit


def application(record: Told, case: Told, paper: Told) -> Image.Image:
    """The worker's application, with the unit's own help noted on it."""
    sheet = Sheet.of(A4)
    sheet.write(80, 28, "个人申请书", 8)
    lines = [
        f"    本人{record['name']}，身份证号{record['id_number']}，",
        f"系{record['employer']}职工，家住{record['address']}。",
        f"2010年患{case['illness']}，先后在稽山医院、镜湖肿瘤医院治疗，",
        "全年个人负担的医疗费已超过伍万元，家庭生活十分困难。",
        "    特申请医疗帮扶，请予批准。",
    ]
    for place, line in enumerate(lines):
        sheet.write(28, 52 + 12 * place, line, 5, PEN)
    sheet.write(120, 120, "申请人：", 5)
    sheet.write(120, 132, _chinese_day(paper["date"]), 5, PEN)
    sheet.box(25, 150, 160, 90)
    sheet.write(30, 155, "单位帮扶措施：", 5)
    for place, part in enumerate(_cut(case["help"], 25)):
        sheet.write(30, 170 + 11 * place, part, 5, PEN)
    sheet.write(125, 215, "单位（盖章）", 5)
    sheet.write(125, 226, "    年    月    日", 5)
    return sheet.picture


def hospital(record: Told, case: Told, paper: Told) -> Image.Image:
    """A record of treatment."""
    sheet = Sheet.of(A4)
    sheet.write(70, 22, paper["hospital"], 8)
    sheet.write(84, 36, "出院小结", 6.5)
    sheet.cell(20, 52, 55, "姓名", paper["name"], PRINT)
    sheet.cell(75, 52, 40, "性别", record["gender"], PRINT)
    sheet.cell(115, 52, 75, "出院日期", paper["date"], PRINT)
    sheet.cell(20, 61, 170, "诊断", case["illness"], PRINT)
    sheet.box(20, 70, 170, 120)
    for place, line in enumerate(
        (
            "入院情况：患者因左乳肿块入院，检查后收治。",
            "治疗经过：行手术治疗，术后化疗，情况平稳。",
            "出院情况：一般情况可，切口愈合良好。",
            "出院医嘱：按期复查，继续化疗，注意休息。",
        )
    ):
        sheet.write(25, 76 + 14 * place, line, 4.8)
    sheet.write(130, 200, "医师：", 4.8)
    sheet.write(130, 212, paper["date"], 4.8)
    return sheet.picture


def invoice(record: Told, case: Told, paper: Told) -> Image.Image:
    """A receipt of medical expenses, its total in figures and in capital numerals."""
    sheet = Sheet.of(RECEIPT)
    total, reimbursed, own = (Decimal(paper[key]) for key in ("total", "reimbursed", "own"))
    sheet.write(62, 8, "医疗住院收费收据", 7)
    sheet.write(150, 18, f"No. {paper['invoice_number']}", 5)
    sheet.write(15, 18, f"收款单位：{paper['hospital']}", 4.5)
    sheet.cell(15, 28, 90, "姓名", paper["name"])
    sheet.cell(105, 28, 90, "日期", _chinese_day(paper["date"]))
    for place, (item, share) in enumerate(
        (("床位费", "0.08"), ("检查费", "0.17"), ("治疗费", "0.25"), ("西药费", ""))
    ):
        part = (total * Decimal(share or "0.5")).quantize(Decimal("0.01"))
        if not share:
            part = total - sum(
                (total * Decimal(each)).quantize(Decimal("0.01")) for each in ("0.08", "0.17", "0.25")
            )
        sheet.cell(15 + 90 * (place % 2), 37 + 9 * (place // 2), 90, item, f"{part:.2f}", PRINT)
    sheet.cell(15, 55, 180, "合计（大写）", f"{capitals(total)}    ￥{total:.2f}", PRINT)
    sheet.cell(15, 64, 90, "医保支付", f"{reimbursed:.2f}", PRINT)
    sheet.cell(105, 64, 90, "个人支付", f"{own:.2f}", PRINT)
    sheet.write(15, 80, "收款人：", 4.5)
    sheet.write(105, 80, "收款单位（盖章）", 4.5)
    return sheet.picture


DRAWERS: Mapping[str, Callable[[Told, Told, Told], Image.Image]] = {
    "application": application,
    "hospital": hospital,
    "invoice": invoice,
}


def form(told: Told) -> Image.Image:
    """The archive form as the program itself prints it."""
    import pypdfium2

    editions = load_editions()
    edition, values = as_record(told, editions)
    then = datetime(2010, 12, 1, tzinfo=UTC)
    record = Record(1, edition.key, values, then, then, 1)
    soffice = shutil.which("soffice")
    with tempfile.TemporaryDirectory() as folder:
        made = make("archive", record, edition, Path(folder))
        printed = Office(Path(soffice) if soffice else None).to_pdf(made, Path(folder))
        page = pypdfium2.PdfDocument(printed[0])[0]
        picture: Image.Image = page.render(scale=DPI / 72).to_pil()
        return picture.convert("L")


def scanned(picture: Image.Image, seed: int) -> Image.Image:
    """The sheet as a scanner gives it: hardly askew, hardly out of focus, a little grain."""
    chance = np.random.default_rng(seed)
    turned = picture.rotate(chance.uniform(-0.4, 0.4), Image.Resampling.BICUBIC, fillcolor=250)
    ink = np.asarray(turned.filter(ImageFilter.GaussianBlur(0.6)), dtype=np.float32)
    grain = chance.normal(0, 5, ink.shape)
    return Image.fromarray(np.clip(ink + grain, 0, 255).astype(np.uint8))


def _chinese_day(day: str) -> str:
    year, month, date = day.split("-")
    return f"{year}年{int(month)}月{int(date)}日"


def _cut(text: str, length: int) -> list[str]:
    return [text[start : start + length] for start in range(0, len(text), length)]


def main() -> None:
    """Draw every paper."""
    record = json.loads((FOLDER / "record.json").read_text(encoding="utf-8"))
    case = json.loads((FOLDER / "case.json").read_text(encoding="utf-8"))
    for place, paper in enumerate(case["papers"]):
        draw = DRAWERS.get(paper["kind"])
        picture = draw(record["fields"], case, paper) if draw else form(record)
        for name in paper["files"]:
            scanned(picture, place).save(FOLDER / name, quality=60, dpi=(DPI, DPI), optimize=True)


if __name__ == "__main__":
    main()
