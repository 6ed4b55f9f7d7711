"""Phrases: what the commands themselves say in Chinese, help texts included.

The sentences for codes of the other rooms (errors, findings, reasons) stand in `desk.words`.
"""

from __future__ import annotations

PROGRAM = "dangan"

# The command line's frame.
USAGE_LINE = "用法：{usage}"
OPTIONS_PLACE = "[选项]"
COMMAND_PLACE = "命令 ..."
ARGUMENTS = "参数"
OPTIONS = "选项"
COMMANDS = "命令"
HELP_OPTION = "显示帮助"
VERSION_OPTION = "显示版本号"
USAGE_ERROR = "命令用法有误：{what}。\n用“{command} --help”查看用法。"
MISSING = "缺少 {name}"
NO_SUCH_OPTION = "没有选项 {name}"
NO_SUCH_COMMAND = "没有命令 {name}"
BAD_PARAMETER = "{name} 的值不合要求"
STOP = "。"
STANDARD_OUTPUT = "标准输出"
INTERRUPTED = "已停止。已收入和存档的内容都在；再运行同一命令即可接着做。"

APP = """dangan：把困难职工档案表从纸面变成档案，再从档案变成可盖章的文书。

通常的顺序：take 收表 → review 核对 → list / search / show 查看 → make 制作文书。
退出码：0 全部完成；1 有文件或档案没有做成；2 命令用法有误；70 程序出错（已写日志）；130 被中断。"""

# What stands for an argument in help texts.
PLACE_BUDGET = "处数"
PLACE_CASE = "个案"
PLACE_DAY = "日期"
PLACE_DOCUMENT = "文书"
PLACE_DRAFT = "草稿"
PLACE_EDITION = "版本"
PLACE_ENGINE = "引擎"
PLACE_FIELD = "栏目"
PLACE_FILE = "文件"
PLACE_FOLDER = "文件夹"
PLACE_FORMAT = "格式"
PLACE_GROUND = "依据"
PLACE_GROUND_WHY = "理由"
PLACE_KIND = "材料"
PLACE_MONEY = "金额"
PLACE_NUMBER = "编号"
PLACE_NUMBERS = "号码"
PLACE_PAGES = "页码"
PLACE_PAIR = "名称=内容"
PLACE_PAPER = "材料编号"
PLACE_PERSON = "姓名"
PLACE_PROCESS = "流程"
PLACE_PRESET = "判定"
PLACE_RECORD_OR_FILE = "编号或文件"
PLACE_SEAL = "公章"
PLACE_STATE = "状态"
PLACE_TEXT = "文字"
PLACE_YEAR = "年度"

# Options that several commands share.
AS_JSON = "输出 JSON，供其他程序使用"
AS_JSON_LINES = "每份表输出一行 JSON（格式见使用手册），供其他程序使用"
ENGINE = "识别引擎：rapid（默认）或 tesseract"
BUDGET = "每 1000 个栏目里最多容许几处读错而不提示核对（默认取设置中的 budget，即 1）；越小，要人核对的越多"
WHO = "经办人姓名，记入历史（默认取设置中的 user 或登录名）"
RECORD_NUMBERS = "档案编号（dangan list 的第一列）"
OUT_FOLDER = "文书放到哪个文件夹"

# Columns of tables.
FIELD = "栏目"
VALUE = "内容"
ON_PAPER = "纸面原文"
DOUBT = "存疑之处"
NUMBER = "编号"
NAME = "姓名"
ID_NUMBER = "身份证号"
EDITION = "表格版本"
CHANGED = "更新时间"
STATE = "状态"
FILE = "文件"
BEFORE = "原内容"
AFTER = "新内容"
WHAT = "项目"
RESULT = "结果"
HOW = "怎么办"

# read
READ = """读表而不存档：显示每份表读出的内容和存疑之处。

可读 JPEG、PNG、TIFF（多页）、HEIC、PDF（扫描件或电子件，可含多份表）、DOCX，
以及 DOC/WPS（需 LibreOffice）。"""
READ_FILES = "要读的文件或文件夹，可以多个"
READING = "正在读表"
PROCESSES = "同时工作的进程数；默认按文件多少和处理器个数决定"
OUT_LINES = "把 JSON 行写入此文件；中断后再运行同一命令，已写入的文件不再读"
RESUMED_LINES = "{file} 中已有 {count} 个文件的结果，接着读其余的。"
OUT_NEEDS_JSON = "--out 只能与 --json 一起使用。"
PICTURE = "在此文件夹画出识别图：表格线、栏目、内容，存疑处着色"
LOOKS_LIKE_PAPER = "它像是医疗帮扶的“{paper}”：若是，请用 dangan case take 个案编号 文件 收入个案。"
NO_FORM = "{file} 第 {pages} 页未能读出：{reason}"
DROPPED_PAGE = "{file} 第 {pages} 页：{reason}"
FORM_ON_PAGES = "    第 {pages} 页：{title}，{name}（草稿 {number}）"
NO_NAME = "（没有读出姓名）"
BETWEEN = "、"

# calibration
CALIBRATION = """把一批已知答案的表读一遍，看程序说的把握是否可信、错误预算怎样定合适。

文件夹里每份表（如 表1.jpg）旁边须有同名的答案（表1.json，格式同 dangan export）。
印出各档错误预算下免核对的份额和读错而未提示的处数，以及把握与实际正确率的对照；
--picture 另画成图。只读不存档。"""
CALIBRATION_FOLDER = "放有表和答案的文件夹"
CALIBRATION_PICTURE = "把曲线和对照图画到这个文件（PNG）"
PLACE_PICTURE = "图片"
NO_TRUTH = "{folder} 里没有带答案的表。请在每份表旁边放一个同名的 .json 文件（格式同 dangan export）。"
READ_FOR_TRUTH = "{file}：{fields} 个栏目，读错 {wrong} 处，其中未提示 {silent} 处"
NO_FORM_FOR_TRUTH = "{file}：未能读出，不计入"
CURVE_TITLE = "错误预算与免核对的份额（{forms} 份表，{fields} 个栏目，其中 {lost} 个没有读到）"
CURVE_HEADS = ("预算（每千栏）", "把握不低于", "免核对", "其中读对", "读错未提示（每千栏）")
BINS_TITLE = "说的把握与实际正确率"
BINS_HEADS = ("说的把握", "栏目数", "平均把握", "实际正确", "相符")
HOLDS, HOLDS_NOT, TOO_FEW = "相符", "不符", "太少，不作数"
DRAWN_CURVE = "免核对份额与读错未提示"
DRAWN_CURVE_X = "免核对的份额（%）"
DRAWN_CURVE_Y = "每千栏读错未提示的处数"
DRAWN_BINS = "说的把握与实际正确率"
DRAWN_BINS_X = "说的把握"
DRAWN_BINS_Y = "实际正确率"

# take
TAKE = """收表：读出文件或文件夹里的表，成为待核对的草稿。

原件按校验和保存，同一文件不会收两次；中途中断后再运行同一命令即接着做。
打不开的文件会说明原因并跳过，不影响其他文件。"""
TAKE_FILES = "要收的文件或文件夹，可以多个"
TAKING = "正在收表"
TIME_LEFT = "剩余时间"
TAKEN = "{file}：收到 {count} 份草稿（编号 {numbers}），{doubtful} 处待核对"
ALREADY_IN_FOLDER = "{file}：以前已收过（{known}），跳过"
ALREADY_DRAFTS = "草稿 {drafts}"
ALREADY_RECORDS = "档案 {records}"
SAME_CONTENT = "{file} 与先前收过的 {known} 内容相同。"
TAKE_SUMMARY = "共 {files} 个文件：收到 {drafts} 份草稿，跳过已收 {skipped} 个，未能收入 {failed} 个。"
TAKE_FILED = "其中 {count} 页凭页上的码归入了各自的档案。"
FILED = "{file} 第 {page} 页：归入档案 {record}（{title}），与打印内容一致"
FILED_CHANGED = "{file} 第 {page} 页：归入档案 {record}（{title}），{count} 处与打印内容不同：{fields}"
FILED_UNCOMPARED = "{file} 第 {page} 页：归入档案 {record}（{title}），未能与打印内容逐格比对，请对照原件"
CODE_STALE = (
    "{file} 第 {page} 页印的是档案 {record} 第 {revision} 次存档的内容，现已有新的存档；"
    "未归档，按普通扫描件读入"
)
CODE_UNKNOWN = (
    "{file} 第 {page} 页的码所指的档案 {record} 不在本档案库，或内容对不上；未归档，按普通扫描件读入"
)
COPIES_TITLE = "签回的原件"
COPIES_HEADS = ("文书", "页", "第几次存档", "归入", "原件", "签章")
NO_INK = "未见"
INK_UNSEEN = "未查"
REVIEW_RETURNED = "这是档案 {record} 签回的原件，只列出与打印内容不同的栏目；核定后改入该档案，不另建档。"
TAKE_NEXT = "下一步：dangan review 核对草稿。"
RESUMED = "接着读上次中断时已保存的 {count} 个原件。"
NOTHING_TO_TAKE = "没有找到可收的文件。"
NO_FILE_NAME = "无名文件"
PAGES_TOGETHER = "{first} 等 {count} 页.pdf"
PAGES_TOGETHER_OF = "各页依次为 {pages}"
PAGE_TOGETHER_NOW = "已与其他各页合为一份，收作 {file}"
INBOX = "收件文件夹"
INBOX_TAKEN = "已收"
INBOX_REFUSED = "未收"

# review
REVIEW = """核对草稿：先看存疑的栏目，再看不合规则之处，核定后建档；由另一人用 --approve 审核后存档。

单位只有一人经办的，在设置中写 two_people = false，建档即存档。

每个栏目：回车＝接受所读内容；字母＝选用该候选；直接输入＝改为输入的内容；
“-”＝空白；s＝先跳过；q＝退出（核定过的内容都已记下，下次接着核对）。"""
REVIEW_DRAFT = "草稿编号；不写则从最早的一份开始逐份核对"
REVIEW_LIST = "只列出等待核对和审核的草稿"
REVIEW_APPROVE = "审核别人建档的草稿，通过后存档"
REVIEW_SEND_BACK = "把等审核的草稿退回给建档人；自己建档的则是撤回"
REVIEW_DROP = "丢弃这份草稿（原件仍保存，历史可查）"

# list, search, show
LIST = "列出全部档案（身份证号只显示首尾）。"
SEARCH = "按姓名、身份证号、单位、住址等任何内容查找档案。"
SEARCH_TEXT = "要找的文字；多个词须都出现"
SHOW = "显示一份档案的全部内容；加 --history 显示每次改动的来龙去脉。"
SHOW_HISTORY = "同时显示历史：何时、何人、由哪份原件的哪一处、由什么改成什么、缘由"
NO_RECORDS = "没有档案。"
RECORD_TITLE = "档案 {number} · {edition} · 第 {revision} 次存档 · {changed}"
EVENT = "{place}：{before} → {after}    {spot}"
SPOT = "［原件 {sha256} 第 {page} 页］"
SPOT_BOX = "［原件 {sha256} 第 {page} 页 {box}］"
WHOLE_RECORD = "整份档案"
STATE_PATH = "流程：{process}"
SHOWN_PATH = "公示时显示（{document}）"

# carry-over
CARRY_OVER = """把一份档案转到另一版本的表格：能照转的照转，不能断定的逐项询问，绝不代填。

先列出报告：哪些照转、哪些换了名称或写法、哪些只是推测、哪些无法断定、哪些必填而原表没有、
哪些只能写入备注。原档案不变；转来的内容成为草稿，在终端里当场核定，或以后用 review 核定，
或用 --answers 一次给出。"""
CARRY_TO = "转到哪个版本的表格"
CARRY_ANSWERS = "各项询问的答案：一个 JSON 文件，写作 {栏目: 内容}；不全的，草稿保留待核定"
CARRY_FORCE = "目标版本中已有同一职工的档案时仍另立一份"
CARRY_OVERRIDE = "有“错误”的也照此存档，理由记入历史"
CARRIED_FROM = "由档案 {number} 转来"
CARRY_TITLE = "档案 {number}：{old} → {new}"
CARRY_FATES = {
    "lossless": "照转",
    "renamed": "换名称或写法",
    "candidate": "推测，待确认",
    "undecidable": "无法断定，待选定",
    "missing": "必填而原表没有",
    "lost": "新表无处可填，写入备注",
    "unasked": "原表没有、可以后补",
}
CARRY_SECTION = "{fate}：{count} 项"
CARRY_LIST = "    {labels}"
CARRY_STALE = "    其中情况可能已变、须核实：{labels}"
OLD_VALUE = "原档案"
NEW_VALUE = "转来的内容"
CANDIDATES = "候选"
NOTICE = "须知"
CARRY_HEADS = (FIELD, OLD_VALUE, NEW_VALUE, CANDIDATES, NOTICE)
CARRY_NOT_COMPLETE = "有 {count} 项必填而未定，这份档案不能算完整。"
CARRY_ASKED = "共 {count} 项要人核定。"
CARRY_WAITS = "草稿 {draft} 待核定：dangan review {draft}"
CARRY_STORED = "已存为档案 {record}；原档案 {number} 未变。"

# make
MAKE = """从档案制作文书：每份档案一份 Word，名单、台账等每个版本一份；可同时生成 PDF 和 Excel。

用 --list 查看各版本表格可制作的文书。档案用编号、--all 或 --search 指定。"""
MAKE_DOCUMENT = "文书名称，如 archive、contact-cards、checklist"
MAKE_ALL = "为全部档案制作"
MAKE_SEARCH = "为查找到的档案制作"
MAKE_PDF = "同时生成 PDF（需 LibreOffice）"
MAKE_LIST = "列出各版本表格可制作的文书"
MAKE_WHICH = "请写明为哪些档案制作：档案编号、--all 或 --search 之一"
MAKE_UNKNOWN = "没有名为“{document}”的文书（--list 可查看）"
MAKE_WHAT = "请写明文书名称（--list 可查看）和 --out 文件夹"
MAKE_XLSX = "名单另存一份 Excel（号码为文本，内容绝不会被当成公式）"
MAKE_GIVEN = "名单上要写而档案里没有的情况，如 start=2016-09-01；可多次使用"
MAKE_WITH = "名单另加的可选栏目，如 id_number；可多次使用"
MAKE_SHOW = "公示名单破例显示的栏目，须同时用 --reason 写明理由；可多次使用"
MAKE_REASON = "破例显示的理由，记入每份档案的历史"
MAKE_LIST_ONLY = "--xlsx、--given、--with、--show、--reason 只用于名单类文书"
MAKE_ARCHIVAL = "PDF 做成长期保存格式 PDF/A-2b"
MAKE_TOGETHER = "另做一个 PDF，把各张联系卡拼在 A4 纸上，四角有裁切标记"
MAKING = "正在制作"
MADE_BEFORE = "其中 {count} 份 PDF 上次已做好，内容未变，未重做。"
TOGETHER = "{document}-拼版.pdf"
MADE = "{count} 个文件，放在 {folder}"
PRESS_SKIPPED = "另有 {count} 份档案用的是别的表格版本，没有“{title}”，未做。"
MAKE_TITLE = "可制作的文书"
DOCUMENT = "文书"
TITLE = "名称"
NOTHING_MADE = "没有符合条件的档案，未制作文书。"
OF_RECORD = "档案 {record}：{told}"
SKIPPED_EDITION = "档案 {number} 的表格版本 {edition} 没有文书 {document}，跳过。"

# import, export
IMPORT = """导入档案：JSON、JSON Lines 或 XLSX（export 写出的格式）。

有不认识的栏目或内容的那一条不导入，并说明在哪一条哪一栏；其余照常导入。"""
IMPORT_FILE = "要导入的文件"
IMPORTED = "第 {line} 条：已存为档案 {number}"
IMPORT_FINDING = "第 {line} 条：{message}"
IMPORT_SUMMARY = "共 {count} 条：导入 {stored} 条，未导入 {failed} 条。"
IMPORT_WHY = "由文件 {file} 导入"
FORCE = "库中已有同一职工的档案时仍另立一份"
OVERRIDE = "有“错误”的也照此导入，理由记入历史"
EXPORT = "导出全部档案：JSON、JSON Lines 或 XLSX（身份证号、卡号为文本，不会变形）。"
EXPORT_FILE = "写到哪个文件；不写则输出到屏幕（XLSX 必须写明文件）"
EXPORT_FORMAT = "格式：json、jsonl 或 xlsx（默认按文件后缀）"
EXPORTED = "已导出 {count} 份档案到 {file}"
EXPORT_NEEDS_FILE = "导出 XLSX 须用 --out 写明文件"
FORMAT_UNKNOWN = "格式只能是 json、jsonl 或 xlsx"

# check
CHECK = """检查一份档案、一个导入文件或一份表：哪些地方不合规则，是否符合条件。

符合与否分“是、否、无法判定”，并写明理由和所作的假定。"""
CHECK_WHAT = "档案编号，或文件（JSON、JSON Lines、XLSX，或任何可读的表）"
CHECK_GIVEN = "表上没有而判定需要的情况，写作“名称=内容”，可多次使用"
CHECK_PRESET = "另加平时不做的判定，如 national_definition，可多次使用"
CHECK_GIVEN_WRONG = "--given 须写作“名称=内容”"
NO_FINDINGS = "未发现不合规则之处。"
ELIGIBILITY = "条件判定"
RULE = "条件"
VERDICT = "判定"
REASONS = "理由"
ASSUMPTIONS = "假定"
FIGURES = "（填报 {have}，界限 {limit}）"

# case
CASE = """医疗帮扶个案：登记申请书、档案表、治疗记录、发票，随时查看缺什么、合计多少、是否符合条件。

通常的顺序：new 立案 → add 收材料 → invoice 登记发票 → help、seal 登记单位帮扶和公章 → show 核对。"""
CASE_NEW = """为一份档案立医疗帮扶个案，每份档案每年度一个。

--from 可一次读入整案（JSON，格式见使用手册）。"""
CASE_ADD = """把材料的扫描件收入个案，原件按校验和保存；每个文件算一份材料，--together 则合为一份。

不写文件，表示材料已见到但还没有扫描。--to 把文件补到已有的一份材料里。"""
CASE_INVOICE = """登记或更正一张发票的号码、日期、医院和金额；不写材料编号则另立一张。

金额可写数字或大写（伍万元整），日期可按平常写法。写 - 表示改为空白。"""
CASE_PAPER_HELP = "更正一份材料的登记内容，或用 --drop 把它移出个案（原件仍保存，历史可查）。"
CASE_HELP = "登记单位自己的帮扶措施。"
CASE_SEAL = "登记在一份材料上见到的公章。"
CASE_CHANGE = "更正年度、病种，或补充判定所需的情况。"
CASE_SHOW = """显示个案的材料清单、发票合计和条件判定。

退出码：0 材料齐全；1 还有缺少、不符或没有核对之处。"""
CASE_LIST = "列出医疗帮扶个案，以及各案材料是否齐全。"
CASE_NUMBER = "个案编号（dangan case list 的第一列）"
CASE_PAPER = "材料在个案中的编号（dangan case show 可查看）"
CASE_INVOICE_PAPER = "发票的材料编号；不写则另立一张（还没有扫描件）"
CASE_FILES = "材料的图片或 PDF，可以多个"
CASE_AS = (
    "材料种类：application 申请书、form 档案表、hospital 治疗记录、invoice 发票、other 其他；也可写中文名称"
)
CASE_TOGETHER = "几个文件合为一份材料"
CASE_TO = "补到这份材料里"
CASE_WHICH_PAGES = "只取文件的这几页，如 1-2,4"
CASE_PAGES_WRONG = "页码须写作 1-2,4 的样子"
CASE_TITLE_OPTION = "材料名称（其他材料用）"
CASE_NAME = "材料上写的姓名"
CASE_ID = "材料上写的身份证号"
CASE_DATE = "材料上写的日期"
CASE_HOSPITAL = "医院名称"
CASE_INVOICE_NO = "票据号码"
CASE_TOTAL = "总费用，数字或大写"
CASE_REIMBURSED = "医保等报销的部分，数字或大写"
CASE_OWN = "个人负担的部分，数字或大写"
CASE_ORIGINAL = "原件已见到；没有则写 --no-original"
CASE_COPY = "复印件已见到；没有则写 --no-copy"
CASE_DROP = "移出个案，须写明 --why"
CASE_DROP_NEEDS = "--drop 须同时用 --why 写明理由"
CASE_WHY = "改动的理由，记入历史"
CASE_ILLNESS = "所患疾病"
CASE_YEAR = "年度（默认取通知的年度）"
CASE_FROM = "从 JSON 文件读入整案"
CASE_HELP_TEXT = "单位帮扶措施的文字"
CASE_SEALS = "公章名称，如 单位、基层工会、上级主管部门工会，可以多个"
CASE_SEAL_REMOVE = "更正为没有这些公章"
CASE_GIVEN = "判定需要而材料上没有的情况，写作“名称=内容”，可多次使用；内容留空则取消"
CASE_HISTORY = "同时显示历史：何时、何人、由什么改成什么、缘由"
CASE_OF_RECORD = "只列出这份档案的个案"
CASE_OPENED = "个案 {case} 已立（档案 {record}，{papers} 份材料）。用 dangan case show {case} 查看。"
CASE_OPENED_WHY = "立案"
CASE_SAVED = "个案 {case} 已登记。"
CASE_SAVED_PAPERS = "个案 {case} 已登记：材料 {papers}。"
CASE_UNCHANGED = "个案 {case} 没有变化。"
CASE_NONE = "没有医疗帮扶个案。"
CASE_TITLE = "个案 {case} · 档案 {record} · {name} · {year}年度 · {illness}"
CASE_UNTOLD = "（没有登记）"
CASE_HELP_LINE = "单位帮扶措施：{help}"
CASE_PAPERS = "材料清单"
CASE_PAPER_HEADS = ("", "编号", "材料", "内容", "扫描件", "原件", "复印件", "盖章")
CASE_REMARK = "材料 {paper}（{label}）："
CASE_PAGES = " 第 {pages} 页"
CASE_INVOICES = "发票"
CASE_COUNTED = "计入"
CASE_SUM_WORKER = "职工本人合计"
CASE_SUM_HOUSEHOLD = "全家合计"
CASE_AT_LEAST = "至少 {number}"
PACKET = "把医疗帮扶个案装订成套：一个 PDF、待盖章的 Word 文书和清单"
PLACE_MEGABYTES = "兆"
PACKET_LARGEST = "PDF 最大多少兆字节，超过时逐级降低图片精细度（不低于150 dpi）；不写按通知的版本"
PACKET_LARGEST_WRONG = "--largest 最多 {most} 兆"
PACKET_WHERE = "请用 --out 写明放在哪个文件夹"
PACKET_MADE = "{file}：{pages} 页，{size} 兆字节，放在 {folder}"
PACKET_SHEETS = "另有 {count} 份 Word 文书，盖章、签字后补入；各文件的校验和在 manifest.json"
CASE_ENDINGS = {
    "yes": "材料齐全。",
    "no": "材料不齐：缺少或不符 {missing} 处，没有核对或不能确定 {unsure} 处。",
    "undetermined": "材料尚未核对完：没有核对或不能确定 {unsure} 处。",
}
CASE_STANDINGS = {"yes": "齐全", "no": "不齐", "undetermined": "未核对完"}
CASE_LIST_HEADS = ("个案", "档案", "姓名", "年度", "疾病", "材料", "个人负担", "材料是否齐全")
CASE_EVENT = "{place}：{before} → {after}"
CASE_PAPER_FACT = "材料 {paper} · {fact}"
CASE_GIVEN_FACT = "补充情况 · {ask}"
CASE_WAY = "{name} 的理解"
CASE_SCAN_PAGES = "{number} 第 {pages} 页"
CASE_FACT_UNKNOWN = "本通知没有的一项"
CASE_ASK_UNKNOWN = "本通知没有问的情况"
CASE_ANSWER_UNKNOWN = "本通知没有的答案"
CASE_SEAL_UNKNOWN = "不明的印章"
CASE_FACTS = {
    "year": "年度",
    "illness": "疾病",
    "help": "单位帮扶措施",
    "given": "补充情况",
    "kind": "种类",
    "title": "名称",
    "name": "姓名",
    "id_number": "身份证号",
    "date": "日期",
    "hospital": "医院",
    "invoice_number": "票据号码",
    "total": "总费用",
    "reimbursed": "报销",
    "own": "个人负担",
    "original": "原件",
    "copy": "复印件",
    "seals": "盖章",
    "scans": "扫描件",
}
CASE_TAKE = """读取发票、治疗记录等材料的图片或 PDF：号码、日期、医院、金额（含大写）读出后待核对。

读出的内容都是建议，未经 dangan case review 核对不进入个案；原件按校验和保存。"""
CASE_TAKE_FILES = "材料的图片或 PDF，也可以是文件夹"
CASE_TAKE_NEXT = "读出 {count} 份材料，待核对。用 dangan case review {case} 逐项核对后才进入个案。"
CASE_TAKE_NOTHING = "{file} 没有新的可读内容：是空白页，或已在待核对之列。"
CASE_TAKE_STANDING = "这份扫描件已是个案的材料 {paper}，核对后更新该材料。"
CASE_PROPOSAL = "待核对 {number} · {kind} · {file} 第 {pages} 页"
CASE_KIND_UNKNOWN = "种类不明"
CASE_REVIEW = """逐项核对读出的材料：每项都由经办人接受、改正或留空，之后才进入个案。

每项：回车＝接受所读内容；字母＝选用该候选；直接输入＝改为输入的内容；“-”＝空白；s＝不登记；q＝退出。"""
CASE_REVIEW_LIST = "只列出待核对的材料"
CASE_REVIEW_DROP = "不收这份待核对的材料（写编号，须同时写明 --why；原件仍保存）"
CASE_REVIEW_DROP_NEEDS = "--drop 须同时用 --why 写明理由"
CASE_REVIEW_DROPPED = "待核对 {number} 未收入个案，原件仍在。"
CASE_REVIEW_NONE = "个案 {case} 没有待核对的材料。"
CASE_REVIEW_LEFT = "已退出。没有核对完的材料仍待核对，再次运行 dangan case review {case} 即可。"
CASE_REVIEW_HEAD = "[{line}/{count}] 待核对 {number} · {file} 第 {pages} 页"
CASE_REVIEW_KIND = "种类：{label}。回车接受 / 输入种类改正 / s 先跳过 / x 不收入个案 / q 退出 > "
CASE_REVIEW_WHY = "  不收的理由（回车返回）> "
CASE_REVIEW_PROMPT = "  回车接受 / 字母选候选 / 输入改正 / - 空白 / s 不登记 / q 退出 > "
CASE_REVIEW_STANDING = "已登记：{value}"
CASE_REVIEW_OTHER = "{place}) {value}"
CASE_REVIEW_STORED = "个案 {case} 已登记：材料 {paper}（{label}）。"
CASE_THERE, CASE_NOT_THERE = "有", "没有"

# state
STATE_HELP = """查看一份档案在各流程中的状态；写明流程和状态则转入该状态。

例：dangan state 3 建档立卡 公示 --on 2016-09-01 --ground 公示公告第2号"""
STATE_PROCESS = "流程名称（不写则显示各流程）"
STATE_NEW = "要转入的状态"
STATE_ON = "日期，YYYY-MM-DD（默认今天）"
STATE_GROUND = "依据，如会议纪要、公示结果"
STATE_ON_WRONG = "日期须写作 YYYY-MM-DD"
STATE_NEEDS = "请写明流程、状态和 --ground 依据"
PROCESS = "流程"
SINCE = "起始日期"
GROUND = "依据"
NEXT = "可转入"
NOT_BEGUN = "未开始"

# templates
TEMPLATES = "模板：表格版本和 Word 模板的检查。"
TEMPLATES_CHECK = "检查各版本的 Word 模板和新旧对照：哪个标签没有对应的栏目，哪个栏目没有标签印出。"
TEMPLATES_FINE = "{edition}（{title}）：模板与栏目相符。"
TEMPLATES_EDITION = "只检查这个版本"

# doctor
DOCTOR = "体检：识别引擎、字体、LibreOffice、文件夹权限、磁盘空间、档案库是否完好，以及缺什么怎么装。"
FINE, MISSING_PART, BROKEN = "正常", "缺少", "有问题"
DOCTOR_FINE = "一切正常。"
DOCTOR_NOT_FINE = "有 {count} 项需要处理，见上表。"
DOCTOR_HOME = "档案文件夹"
DOCTOR_DISK = "磁盘空间"
DOCTOR_STORE = "档案库"
DOCTOR_ENGINE = "识别引擎 {name}"
DOCTOR_OFFICE = "LibreOffice"
DOCTOR_FONTS = "字体 {name}"
DOCTOR_EDITIONS = "表格版本"
DOCTOR_FREE = "剩余 {free} GB"
DOCTOR_NO_SPACE = "剩余不足 1 GB，请清理磁盘"
DOCTOR_RIGHTS = "{folder} 不可读写；请检查该文件夹的权限，或用 DANGAN_HOME 另指文件夹"
DOCTOR_NOT_YET = "还没有建立，收第一份表时自动建立"
DOCTOR_AUDIT = "日志"
DOCTOR_STORE_OK = "{records} 份档案，{drafts} 份待核对草稿"
DOCTOR_INSTALL = "请安装：sudo apt-get install {package}"
DOCTOR_INSTALL_PIP = "请重新安装 dangan 的 Python 组件：pip install {package}"
DOCTOR_FONT_INSTEAD = "以 {family} 代替"
ABOUT = "说明"
DOCTOR_FONT_WHY = "没有此字体时，PDF 中的中文会用其他字体代替或无法显示"

# demo
DEMO = "演示：把自带的样表从扫描件一直做到文书，全部人物均为虚构。"
DEMO_OUT = "演示的档案库和文书放到哪个文件夹（重新开始时会清空其中上次演示的内容）"

# review, its talk
DRAFT = "草稿"
DOUBTFUL_COUNT = "待核对"
BLANK = "（空白）"
REVIEW_NONE = "没有待核对的草稿。"
REVIEW_TO_APPROVE = "另有 {count} 份由别人建档，等您审核：dangan review --approve"
REVIEW_OWN = "另有 {count} 份是您（{who}）建档的，等另一人审核。"
REVIEW_NONE_TO_APPROVE = "没有等您（{who}）审核的草稿。"
REVIEW_HEAD = "草稿 {number} · {title} · {whence} · {count} 处待核对"
REVIEW_PAGES = "{file} 第 {pages} 页"
REVIEW_RAW = "纸面：{raw}"
REVIEW_REASON = "存疑：{reason}"
REVIEW_OTHER = "{place}) {value}（{sure}）"
REVIEW_OLD = "原档案：{raw}"
REVIEW_WHY = "须知：{reason}"
REVIEW_CANDIDATE = "{place}) {value}"
REVIEW_SPOT = "位置：第 {page} 页 {box}"
REVIEW_PROMPT = "  回车接受 / 字母选候选 / 输入改正 / - 空白 / s 跳过 / q 退出 > "
REVIEW_NO_CANDIDATE = "没有第 {number} 个候选；内容本身是数字请写 ={number}"
REVIEW_NO_LETTER = "没有候选 {letter}；内容本身是字母请写 ={letter}"
REVIEW_DECIDED = "    → {value}"
REVIEW_DROP_NEEDS = "--drop 须同时写明草稿编号和理由"
REVIEW_INSIST = "  再次输入同样内容，则照此存入。"
REVIEW_FINDINGS_PROMPT = "回车继续 / 数字改该条涉及的栏目 / 栏目名改该栏 / q 退出 > "
REVIEW_ERRORS_PROMPT = "有“错误”时不能直接存档：数字或栏目名改正 / 写明理由照此存档 / q 退出 > "
REVIEW_FORCE_PROMPT = "确需另立一份请输入 f；回车则保留草稿 > "
REVIEW_WHO = "经办人 [{user}] > "
REVIEW_WAS_READ = "原读：{value}"
REVIEW_WAS_SENT_BACK = "{who} 退回：{why}"
REVIEW_GIVEN_WHY = "建档人写明照此存档的理由：{why}"
REVIEW_WANTED = "这里还没有可用的内容，请输入，空白写 -。"
REVIEW_SKIPPED = "还有 {count} 处未核定，草稿保留；再次运行 dangan review 即可接着核对。"
REVIEW_STORED = "草稿 {number} 已存为档案 {record}。"
REVIEW_FILED = (
    "草稿 {number} 已由 {who} 建档，等另一人审核：请换一人运行 dangan review --approve --who 姓名。"
)
REVIEW_FILED_BY = "{filed} 于 {when} 建档，由 {who} 审核。存疑的和改动过的栏目逐一请您看过："
REVIEW_APPROVE_PROMPT = "回车审核通过 / 写“退回”和理由退给建档人 / 栏目名改该栏 / q 退出 > "
REVIEW_BACK = "退回"
REVIEW_APPROVED = "草稿 {number} 审核通过，已存为档案 {record}。"
REVIEW_SENT = "草稿 {number} 已退回 {who}。"
REVIEW_TAKEN_BACK = "草稿 {number} 已撤回，可以再改。"
REVIEW_TELLS_APART = "--approve、--send-back、--drop、--list 一次只能用一个"
REVIEW_SEND_BACK_NEEDS = "--send-back 须写明草稿编号"
REVIEW_WAITS = "待核对"
REVIEW_WAITS_APPROVAL = "等审核（{who} 建档）"
REVIEW_IS_BACK = "退回待改（{who}：{why}）"
REVIEW_KEPT = "草稿 {number} 保留未存。"
REVIEW_LEFT = "已退出。核定过的内容都已记下，再次运行 dangan review 即可接着核对。"
REVIEW_DROPPED = "草稿 {number} 已丢弃，原件仍在。"
SAME_PERSON = "{field} 与档案 {number} 中的某人相同，可能是同一户，请核对。"
DEMO_CLERK = "演示经办人"
DEMO_TAKE = "一、收表：读出样表，成为待核对的草稿"
DEMO_REVIEW = "二、核对：列出需要人工核对之处，以样表的真值代替经办人核定并存档"
DEMO_MAKE = "三、制作文书：Word 和 PDF"
DEMO_TOOK = "用时 {seconds} 秒"
DEMO_SECONDS = "    {seconds} 秒"
DEMO_SHEET = "\n{file} · {title}：{all} 处内容中读对 {right} 处，提请核对 {doubtful} 处"
DEMO_MORE = "    ……另有 {count} 处"
DEMO_STORED = "    {name}：已存为档案 {number}"
DEMO_OVERRIDE = "样表，按原样存档"
FILE_KINDS = {".docx": "Word", ".pdf": "PDF"}
DEMO_MADE = "    {kind}：{count} 份"
DEMO_FOLDER = "    放在 {folder}"
DEMO_NO_OFFICE = "没有 LibreOffice，只做了 Word 文书；dangan doctor 说明安装办法。"
DEMO_DONE = (
    "\n演示完成，共用 {seconds} 秒。档案库和文书在 {folder}\n接着可试：DANGAN_HOME={folder}/home dangan list"
)

# `dangan desk`
DESK = "在本机浏览器里打开档案工作台：收表、核对、查档、出文书都在网页上做"
DESK_PORT = "网页的端口；0 为任选一个空闲端口"
DESK_INBOX = "收件文件夹：放进去的文件自动收下（默认取设置中的 inbox）"
DESK_LAN = "让本单位局域网里的电脑和手机也能打开（须先有管理员账号；经 TLS 加密）"
DESK_NAME = "局域网里称呼这台电脑的名字，可以写几个，例如 dangan.local"
DESK_CERTIFICATE = "本单位自己的证书（PEM），与 --key 一起给；不给则自行生成"
DESK_KEY = "证书的私钥（PEM）"
DESK_CERTIFICATE_ALONE = "--certificate 和 --key 要一起给，并且只用于 --lan"
DESK_NAME_ALONE = "--name 只用于 --lan"
DESK_LAN_OPEN = "局域网里打开：{address}"
DESK_FINGERPRINT = """证书指纹（SHA-256）：
{fingerprint}
浏览器第一次打开时会提示证书不受信任：请点开证书，与上面的指纹核对，完全一致再继续；不一致就不要输入密码。"""
DESK_UNTIL = "证书有效到 {until}，到期前自动更换，指纹也随之改变。"
DESK_BROWSER = "启动后自动打开浏览器"
DESK_INDEXING = (
    "新版程序首次打开：先为 {count} 份档案编制检索索引，完成后工作台自动打开。中途可以停止，下次接着编制。"
)
INDEXING = "编制索引"
DESK_OPEN = "档案工作台已打开：{address}\n按 Ctrl-C 关闭。"
DESK_FIRST = "首次使用，请设立管理员：{way}\n启动码：{code}"

# Plots of the overview, and what stands in their tables.
PLOT_PROGRESS = "建档进度"
PLOT_UNITS = "各单位档案数"
EDITION_NAMED = "{title}（{year} 版）"
PLOT_EDITIONS = "各版本档案数"
PLOT_DUTIES = "期限"
PLOT_DUTY = "事项"
PLOT_FINISHED = "已按通知办结"
PLOT_UNFINISHED = "未办结，{until}"
PLOT_ENTERED = "两边一致，无须补录"
PLOT_TO_ENTER = "有变动待录入，还在期限内"
PLOT_NOT_ENTERED = "有变动待录入，已过期限"
PLOT_UNTIL = "期限 {day}"
PLOT_DAYS_LEFT = "期限 {day}（还有 {days} 天）"
PLOT_DAYS_OVER = "期限 {day}（已过 {days} 天）"
PLOT_IN_TIME = "期限 {day}：到期建档 {before} 份，之后 {after} 份。"
PLOT_PACE = "平均每份表的核对用时（分钟）"
PLOT_PACES = "各人核对的快慢"
PLOT_MINUTES = "每份分钟"
PLOT_WORKED = "天数"
PLOT_A_DAY = "每天表数"
PLOT_CORRECTED = "审核改动处数"
PLOT_SENT_BACK = "退回次数"
PLOT_PACE_OF = "{minutes} 分钟，{forms} 份"
PLOT_PACE_NOTE = "用时从打开到提交，中间停顿超过 2 分钟的不计。"
PLOT_FIELDS = "识别后改动最多的栏目"
PLOT_TENTHS = "识别可靠程度"
PLOT_CLERKS = "各人核对的改动率"
PLOT_SETTLED = "每天核对存档的表数"
PLOT_NO_UNIT = "未分单位"
PLOT_NO_STATE = "未登记办理进度"
PLOT_BLANK = "未填写"
PLOT_OTHERS = "其余 {count} 项"
PLOT_FEWER = "其余各项"
PLOT_NO_FIELD = "本版本没有的栏目"
PLOT_RECORDS = "份数"
PLOT_SHARE = "占 %"
PLOT_SO_FAR = "累计份数"
PLOT_FORMS = "表数"
PLOT_PERIOD = "时间"
PLOT_EDITION = "版本"
PLOT_UNIT = "单位"
PLOT_FIELD = "栏目"
PLOT_PERSON = "核对人"
PLOT_READ = "识别次数"
PLOT_LOOKED = "人工看过"
PLOT_CHANGED = "人工改动"
PLOT_CHANGED_SHARE = "改动率 %"
PLOT_SAID = "识别时的把握"
PLOT_SAID_MEAN = "平均把握 %"
PLOT_HELD = "未经改动 %"
PLOT_OF = "{changed:,} / {read:,}（{share}%）"
PLOT_COUNT = "{count:,}（{share}%）"
PLOT_DOT = "把握 {said}%，未经改动 {held}%，共 {read:,} 处"
PLOT_ACROSS = "识别时说的把握 →"
PLOT_UP = "↑ 存档时未经改动"
PLOT_TENTH = "{low}%–{high}%"
PLOT_FEW = "不足 {enough} 处的画成浅色，只供参考。"
PLOT_NOTHING = "还没有可统计的内容。"
PLOT_TYPEFACE = "黑体"
PLOT_SHEET = "说明"
PLOT_ABOUT = ("项目", "内容")
PLOT_TITLE = "图名"
PLOT_RANGE = "统计范围"
PLOT_COUNTED_ON = "统计日期"
PLOT_NOTE = "注"
PLOT_SINCE, PLOT_TILL = "建档自 {day}", "建档至 {day}"
PLOT_EVERY_UNIT = "全部单位"
PLOT_TENTHS_NOTE = "点在虚线上，说明识别时的把握与结果相符；在虚线之上，说明识别比自己说的更可靠。"
PLOT_SEVERAL = "一户可同时计入多项，合计可超过总数。"
GROUP_UNREAD = "？"
MANUAL = "使用手册.md"

# the audit log
AUDIT = """看谁看过、改过什么；核对日志有没有被改动。

日志每一行都带着前一行的印记，改动、抽掉或插入任何一行都核对得出。
最后一行的印记请时常抄在纸上，以后用 --noted 核对，整个日志被改写也看得出。"""
AUDIT_VERIFY = "核对日志；有改动时退出码为 1，并说明从第几行起"
AUDIT_NOTED = "从前抄下的印记，如 120:8f3a9c0b12de4567，可以写几个"
AUDIT_WHO = "只看这个人的（姓名）"
AUDIT_SUBJECT = "只看这一件的，如“档案 12”“待核对 3”“个案 1”“账号 2”"
AUDIT_DAY = "只看这一天的，如 2026-05-04"
AUDIT_NEWEST = "最多显示几行（最新的）"
AUDIT_NOTED_WRONG = "--noted 要写成 行号:印记，如 120:8f3a9c0b12de4567"
AUDIT_DAY_WRONG = "--day 要写成 2026-05-04 这样"
AUDIT_HEADS = ("行", "时间", "谁", "做了什么", "对象", "说明")
AUDIT_SHEET = "日志"
AUDIT_WHOLE = "日志完整，没有改动。"
AUDIT_MARK = "第 {number} 行，印记 {mark}"
AUDIT_MARK_NOTE = "最后是第 {number} 行，印记 {mark}。请抄在纸上，以后用 --noted {number}:{mark} 核对。"
AUDIT_EMPTY = "日志里没有这样的行。"
