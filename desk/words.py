"""Words: a code with its facts comes in, a Chinese sentence for a clerk goes out.

Every error, reason, finding and problem of the other rooms has its sentence
here, each with what to do next; exit codes too. Nothing else in the house
knows a sentence. What the commands themselves say stands in `desk.phrases`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from records.editions import Edition
from records.errors import DanganError
from records.findings import Finding, Reason, Severity
from records.kinds import show
from records.masking import mask
from records.values import Value, split_path

OK, FAILED, USAGE, UNEXPECTED, INTERRUPTED = 0, 1, 2, 70, 130

ERRORS: Mapping[str, str] = MappingProxyType(
    {
        "failed": "没有做成。请把刚才的命令和日志交给维护人员。",
        "settings": "设置文件 {file} 有误：{what}。请改正或删除该文件后重试。",
        "edition": "表格版本的数据有误：{file}（{what}）。请改正该文件后重试。",
        "no_such_edition": "没有名为 {edition} 的表格版本。请用 dangan templates check 查看已有的版本。",
        "no_such_document": "{edition} 没有名为 {document} 的文书。请用 dangan make --list 查看可制作的文书。",
        "no_such_file": "{edition} 缺少模板文件 {file}。请把它放回该版本的模板文件夹。",
        "intake": "无法收入文件 {file}。请检查文件后重试。",
        "unreadable": "文件 {file} 打不开：已损坏、为空，或不是可读的格式。请重新扫描或另存后再试。",
        "encrypted": "文件 {file} 有密码保护。请先去除密码再试。",
        "too_large": "文件 {file} 超出限制（{what}，上限 {limit}）。请降低分辨率或拆分后再试。",
        "already_taken": "文件 {file} 已收过（与 {first} 内容完全相同），不再重复收入。",
        "engine_missing": "识别引擎 {engine} 未安装或名称有误。请运行 dangan doctor 查看安装办法，或换用 --engine。",
        "engine_failed": "识别引擎 {engine} 在识别时出错（{what}）。请重试，或换用另一引擎（--engine）。",
        "record": "档案无法这样处理。请检查后重试。",
        "not_settled": "以下栏目还需人工核对：{fields}。请逐项核定后再存档。",
        "no_such_record": "没有编号为 {number} 的档案。请用 dangan list 查看。",
        "no_such_draft": "没有编号为 {number} 的草稿。请用 dangan review --list 查看。",
        "refused": "按档案规则不能这样改：{what}。",
        "store": "档案库无法打开或写入。请运行 dangan doctor 检查。",
        "store_newer": "档案库 {file} 由更新版本的 dangan 写成。请先升级 dangan；档案库未作任何改动。",
        "store_busy": "档案库 {file} 正被另一个程序使用。请稍候再试。",
        "disk_full": "磁盘已满，无法写入 {file}。请腾出空间后重试；已存的档案不受影响。",
        "document": "文书无法制作。请检查模板后重试。",
        "template_broken": "模板 {file} 中的标签 {tag} 有误（{what}）。请在 Word 或 WPS 中改正该标签。",
        "overflow": "文书 {file} 印成了 {pages} 页，应为 {expected} 页。请缩短过长的内容或调整模板。",
        "office_missing": "没有找到 LibreOffice。Word 文书不受影响；要生成 PDF 请先安装（dangan doctor 说明办法）。",
        "office_failed": "LibreOffice 转换 {file} 失败（{what}）。请重试；若仍失败，请在 Word 中打开检查该文件。",
    }
)

REASONS: Mapping[str, str] = MappingProxyType({})

FINDINGS: Mapping[str, str] = MappingProxyType({})

SEVERITIES: Mapping[Severity, str] = MappingProxyType(
    {Severity.ERROR: "错误", Severity.WARNING: "提醒", Severity.INFO: "说明"}
)


def error(error: DanganError) -> str:
    """What went wrong and what to do, with identity and card numbers masked."""
    return mask(_filled(ERRORS.get(error.code) or ERRORS["failed"], error.facts))


def reason(reason: Reason) -> str:
    """Why a reading wants a look."""
    return _filled(REASONS.get(reason.code, reason.code), reason.facts)


def finding(finding: Finding, edition: Edition) -> str:
    """What is wrong with a form, led by the labels of the fields concerned."""
    return _filled(FINDINGS.get(finding.rule, finding.rule), finding.facts)


def label(edition: Edition, path: str) -> str:
    """The label of a field; for a table's cell also its row, counted from 1."""
    rows, index, _ = split_path(path)
    asked = edition.field(path)
    return asked.label if index is None else f"{edition.field(rows).label}{index + 1}·{asked.label}"


def labels(edition: Edition, paths: Iterable[str]) -> str:
    """The labels of several fields."""
    return "、".join(label(edition, path) for path in paths)


def value(edition: Edition, path: str, value: Value) -> str:
    """A value as a clerk reads it; empty when blank."""
    return show(value, edition.field(path))


class _Told(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _filled(sentence: str, facts: Mapping[str, str]) -> str:
    return sentence.format_map(_Told(facts))
