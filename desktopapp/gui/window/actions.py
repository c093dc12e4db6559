"""All actions of the window: labels, shortcuts, tooltips, and where they stand in menus and toolbar.

One table, so that nothing is reachable by mouse only, named twice or given the same key twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QAction, QKeySequence, QPalette
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar, QToolButton

from desktopapp.gui.window.icons import icon


class Needs(Enum):
    """When an action can be used."""

    NOTHING = 0
    REPORT = 1
    WRITABLE = 2


@dataclass(frozen=True, slots=True)
class Spec:
    """One action; ``keys`` are shortcuts in Qt's portable notation, the first is shown."""

    name: str
    text: str
    tip: str
    keys: tuple[str, ...] = ()
    needs: Needs = Needs.REPORT
    icon: str = ""
    short: str = ""
    checkable: bool = False
    #: The form handles the key itself while it has the keyboard; elsewhere the key must not touch the form.
    of_form: bool = False


_R, _W, _N = Needs.REPORT, Needs.WRITABLE, Needs.NOTHING
SPECS = (
    Spec("new", "新建报表(&N)…", "按模板新建一份空白报表", ("Ctrl+N",), _N, "new", "新建"),
    Spec("open", "打开(&O)…", "打开已有的报表文件", ("Ctrl+O",), _N, "open", "打开"),
    Spec("from_last", "从上年文件开始(&Y)…", "读入上年的报表或文档，建立新报表", (), _N, "last_year", "导入上年"),
    Spec(
        "import", "导入(&I)…", "读入工作簿、文档或文字，核对后导入当前报表或新报表", ("Ctrl+I",), _N, "import", "导入"
    ),
    Spec(
        "import_copied",
        "从剪贴板导入(&L)…",
        "读入从网页、Word、Excel 或 PDF 复制的各表，核对后导入",
        ("Ctrl+Shift+I",),
        _N,
    ),
    Spec("sample", "打开示例(&M)", "打开一份填好的示例报表，可以随意试用", (), _N, "sample", "示例"),
    Spec("save", "保存(&S)", "每次修改都已立即保存，按此键查看保存时间", ("Ctrl+S",)),
    Spec("save_copy", "另存副本(&A)…", "把报表连同修改历史另存一份", ("Ctrl+Shift+S",), _R, "copy_file"),
    Spec("back_up", "立即备份(&B)", "把现在的内容存进报表旁边的备份文件夹", ("Ctrl+Alt+B",), _W),
    Spec("restore", "恢复备份(&R)…", "列出全部备份，比较、另存或换回其中一份", ()),
    Spec("versions", "比较版本(&V)…", "列出当前报表与一份备份或另一个文件的全部不同，可打印、导出", ("Ctrl+Shift+H",)),
    Spec("send", "发给同事(&D)…", "生成一份完整的副本，发给同事接着做，发回后可以合并", ()),
    Spec("merge", "合并同事的文件(&H)…", "把同事改过的副本合并进来，两边都改过的逐处选择", (), _W),
    Spec("password", "密码保护(&P)…", "设置、更改或取消打开报表的密码；有密码的文件和备份整体加密", (), _W),
    Spec("close", "关闭报表(&C)", "关闭当前报表，回到欢迎页", ("Ctrl+W",)),
    Spec("new_window", "新窗口(&W)", "再打开一个窗口，可以同时查看另一份报表", ("Ctrl+Shift+N",), _N),
    Spec("settings", "设置(&T)…", "主题、字号、数字写法、舍入、备份、姓名、导出字体", (), _N),
    Spec("quit", "退出(&X)", "关闭所有窗口", ("Ctrl+Q",), _N),
    Spec("properties", "报表属性(&P)…", "部门、年度、金额精度和单位性质", ("Alt+Return",)),
    Spec("round", "公开金额舍入(&G)…", "把按元保存的金额舍入成公布用的万元数，使勾稽关系成立", (), _R),
    Spec("show_published", "显示公布数(&V)", "查看舍入后的公布数，只能查看", ("Ctrl+Shift+U",), _R, checkable=True),
    Spec("insert_row", "插入行(&I)", "按编码或名称增加一行，上级科目自动补齐", ("Ctrl+Shift+=",), _W, of_form=True),
    Spec("delete_rows", "删除行(&D)", "删除选中的行及其金额", ("Ctrl+-",), _W, of_form=True),
    Spec("sort_rows", "按编码排序(&S)", "把当前表的行按科目编码排好", (), _W),
    Spec("put_back", "恢复自动计算(&A)", "让选中的合计重新按关系自动计算", ("Ctrl+Shift+A",), _W, of_form=True),
    Spec("previous_form", "上一张表(&B)", "转到上一张表", ("Ctrl+PgUp",)),
    Spec("next_form", "下一张表(&N)", "转到下一张表", ("Ctrl+PgDown",)),
    Spec("history", "修改历史(&H)…", "查看谁在什么时候把什么改成了什么", ("Ctrl+H",), _R, "history"),
    Spec("undo", "撤销(&U)", "撤销上一步修改", ("Ctrl+Z",), _W, "undo", "撤销"),
    Spec("redo", "重做(&R)", "重做刚才撤销的修改", ("Ctrl+Y", "Ctrl+Shift+Z"), _W, "redo", "重做"),
    Spec("cut", "剪切(&T)", "剪切选中的金额", ("Ctrl+X",), _W, of_form=True),
    Spec("copy", "复制(&C)", "复制选中的单元格，可粘贴到 Excel 或 WPS", ("Ctrl+C",), of_form=True),
    Spec("copy_headers", "连同表头复制(&H)", "复制选中的单元格和它们的表头", ("Ctrl+Shift+C",), of_form=True),
    Spec("paste", "粘贴(&P)", "从 Excel、WPS 等粘贴成块的金额", ("Ctrl+V",), _W, of_form=True),
    Spec("clear", "清除(&E)", "清空选中的金额", ("Del",), _W, of_form=True),
    Spec("fill_down", "向下填充(&D)", "用选区第一行的金额填满下面各行", ("Ctrl+D",), _W, of_form=True),
    Spec("fill_right", "向右填充(&K)", "用选区第一列的金额填满右边各列", ("Ctrl+R",), _W, of_form=True),
    Spec("select_all", "全选(&A)", "选中当前表的全部单元格", ("Ctrl+A",), of_form=True),
    Spec("find", "查找(&F)…", "在全部表中查找文字、编码或金额", ("Ctrl+F",), _R, "find", "查找"),
    Spec("find_next", "查找下一个(&N)", "转到下一处找到的地方", ("F3",)),
    Spec("find_previous", "查找上一个(&V)", "转到上一处找到的地方", ("Shift+F3",)),
    Spec("go_to", "转到(&G)…", "按表号、行次、编码或名称直接转到一格", ("Ctrl+G",)),
    Spec("unit", "以元显示(&Y)", "金额在元和万元之间切换显示，不改变数据", ("Ctrl+U",), _R, "unit", "元/万元", True),
    Spec("zoom_in", "放大(&I)", "放大表格，也可以按住 Ctrl 转动滚轮", ("Ctrl+=", "Ctrl++", "Ctrl+Alt+=")),
    Spec("zoom_out", "缩小(&O)", "缩小表格，也可以按住 Ctrl 转动滚轮", ("Ctrl+Alt+-",)),
    Spec("zoom_reset", "原始大小(&Z)", "表格恢复到 100%", ("Ctrl+0",)),
    Spec("zoom_fit", "适合宽度(&W)", "让整张表的宽度正好放进窗口", ("Ctrl+9",)),
    Spec("full_screen", "全屏(&F)", "窗口占满屏幕，再按一次恢复", ("F11",), _N, checkable=True),
    Spec("next_pane", "切换到下一区域(&K)", "依次转到导航、表格、单元格说明和校验列表", ("F6",)),
    Spec("previous_pane", "切换到上一区域(&J)", "反向转到各区域", ("Shift+F6",)),
    Spec("progress", "编制进度(&G)", "哪些填好了、哪些还缺、哪些警告没有说明；再按一次回到导航", ("Ctrl+J",)),
    Spec("check", "全部重新校验(&C)", "把全部关系重新算一遍并说明结果", ("F9",)),
    Spec("next_finding", "下一个问题(&N)", "转到下一个问题所在的单元格", ("F8",), _R, "next_issue", "下一个问题"),
    Spec("previous_finding", "上一个问题(&P)", "转到上一个问题所在的单元格", ("Shift+F8",)),
    Spec("adopt", "采用建议(&A)", "把当前问题或单元格的疑似错误改成建议的金额", ("Ctrl+F8",), _W),
    Spec("copy_findings", "复制校验结果(&O)", "把列表中的问题复制成表格", ()),
    Spec("confirm_read", "存疑金额已核对(&R)", "去掉导入时存疑的标记：当前单元格的，或全部的", (), _W),
    Spec("compare", "与另一份报表比较(&D)…", "逐格比较金额，可以选择取用另一份的金额", (), _W),
    Spec("preview", "预览(&V)…", "按打印的样子逐页查看整份公开文本", ("Ctrl+Shift+P",), _R, "preview", "预览"),
    Spec("print", "打印(&T)…", "打印整份报告、一张表或若干页", ("Ctrl+P",), _R, "print", "打印"),
    Spec("export_all", "导出(&E)…", "检查后导出 Word、PDF、网页、工作簿等", ("Ctrl+E",), _R, "export", "导出"),
    Spec("facts", "数据一览(&D)…", "查看文字里可以引用的全部数据，插入到文字", ("Ctrl+Shift+D",)),
    Spec("text_style", "文字和图的样式(&S)…", "数字的写法、可选的措辞和另加的图", (), _R),
    Spec("export_xlsx", "导出工作簿(&X)…", "把九张表导出为 Excel、WPS 工作簿", ()),
    Spec("export_docx", "导出 Word(&W)…", "把整份公开文本导出为 Word 文档", ()),
    Spec("export_pdf", "导出 PDF(&P)…", "把整份公开文本导出为 PDF 文件", ()),
    Spec("export_json", "导出 JSON(&J)…", "导出全部金额，供其他程序读取", ()),
    Spec("help", "使用手册(&H)", "与当前位置有关的一页，可以查找", ("F1",), _N, "help"),
    Spec("manual_pdf", "手册另存为 PDF(&P)…", "把整本使用手册存成 PDF，便于打印和分发", (), _N),
    Spec("guide", "编制引导(&G)", "一步一步做完一份报告的步骤，随时可以收起", (), _R),
    Spec("keys", "快捷键(&K)", "全部快捷键一览", ("Ctrl+F1",), _N),
    Spec("log", "打开日志文件夹(&L)", "程序出错时的记录，不含金额", (), _N),
    Spec("about", "关于(&A)", "版本与许可", (), _N),
)

_SEPARATOR = "-"
#: Menus in order; a name that starts with ">" is a submenu that somebody else fills.
MENUS: tuple[tuple[str, str], ...] = (
    (
        "文件(&F)",
        "new from_last open >recent sample - import import_copied >export - save save_copy - back_up restore versions "
        "- send merge password - close new_window - settings quit",
    ),
    (
        "报表(&B)",
        "properties history - round show_published - insert_row delete_rows sort_rows put_back"
        " - >forms previous_form next_form",
    ),
    (
        "编辑(&E)",
        "undo redo - cut copy copy_headers paste clear fill_down fill_right select_all"
        " - find find_next find_previous go_to",
    ),
    (
        "查看(&V)",
        "unit - zoom_in zoom_out zoom_reset zoom_fit - progress >panels >theme - next_pane previous_pane full_screen",
    ),
    ("校验(&C)", "check next_finding previous_finding adopt - confirm_read compare - copy_findings"),
    ("报告(&R)", "preview print export_all - facts text_style - export_docx export_pdf - export_xlsx export_json"),
    ("帮助(&H)", "help manual_pdf guide keys - log about"),
)
SUBMENUS = {
    "recent": "最近打开(&F)",
    "export": "导出(&E)",
    "forms": "转到表(&F)",
    "panels": "面板(&P)",
    "theme": "主题(&T)",
}
TOOLBAR = "new open from_last - undo redo - unit find next_finding - preview print export_all"


class Actions(QObject):
    """The window's actions by name, its menus and its toolbar."""

    def __init__(self, window: QMainWindow, handlers: dict[str, Callable[[], None]]) -> None:
        super().__init__(window)
        self._by_name: dict[str, QAction] = {}
        self._specs = {spec.name: spec for spec in SPECS}
        self.submenus: dict[str, QMenu] = {}
        self._state: tuple[bool, bool] | None = None
        for spec in SPECS:
            self._by_name[spec.name] = self._make(window, spec, handlers[spec.name])
        self._fill_menus(window)
        self.toolbar = self._make_toolbar(window)

    def __getitem__(self, name: str) -> QAction:
        return self._by_name[name]

    def _make(self, window: QMainWindow, spec: Spec, handler: Callable[[], None]) -> QAction:
        action = QAction(spec.text, window)
        action.setObjectName(spec.name)
        action.setShortcuts([QKeySequence(k, QKeySequence.SequenceFormat.PortableText) for k in spec.keys])
        action.setToolTip(tip(spec))
        action.setStatusTip(spec.tip)
        action.setIconText(" " + (spec.short or _plain(spec.text)))
        action.setIconVisibleInMenu(False)
        action.setCheckable(spec.checkable)
        action.triggered.connect(lambda _checked=False: handler())
        if spec.of_form:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        else:
            window.addAction(action)
        return action

    def _fill_menus(self, window: QMainWindow) -> None:
        for title, names in MENUS:
            menu = window.menuBar().addMenu(title)
            menu.setToolTipsVisible(True)
            for name in names.split():
                if name == _SEPARATOR:
                    menu.addSeparator()
                elif name.startswith(">"):
                    self.submenus[name[1:]] = menu.addMenu(SUBMENUS[name[1:]])
                else:
                    menu.addAction(self._by_name[name])
        for name in ("export_docx", "export_pdf", "export_xlsx", "export_json"):
            self.submenus["export"].addAction(self._by_name[name])

    def _make_toolbar(self, window: QMainWindow) -> QToolBar:
        bar = QToolBar("工具栏", window)
        bar.setObjectName("toolbar")
        bar.setMovable(False)
        bar.setIconSize(QSize(18, 18))
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for name in TOOLBAR.split():
            if name == _SEPARATOR:
                bar.addSeparator()
            else:
                bar.addAction(self._by_name[name])
                button = bar.widgetForAction(self._by_name[name])
                if isinstance(button, QToolButton):
                    button.setAccessibleName(_plain(self._specs[name].text))
        window.addToolBar(bar)
        return bar

    def draw_icons(self, palette: QPalette) -> None:
        """Draw the icons in the colours of a palette."""
        for spec in SPECS:
            if spec.icon:
                self._by_name[spec.name].setIcon(icon(spec.icon, palette))

    def set_state(self, *, report: bool, writable: bool) -> None:
        """Enable what can be used now; undo and redo are ``set_step``'s."""
        if self._state == (report, writable):
            return
        self._state = (report, writable)
        usable = {Needs.NOTHING: True, Needs.REPORT: report, Needs.WRITABLE: report and writable}
        for spec in SPECS:
            self._by_name[spec.name].setEnabled(usable[spec.needs])

    def set_step(self, name: str, verb: str, label: str, writable: bool) -> None:
        """Name what undo or redo would do."""
        action = self._by_name[name]
        key = "U" if name == "undo" else "R"
        short = label if len(label) <= 32 else label[:31] + "…"
        action.setText(f"{verb}(&{key}) {short.replace('&', '&&')}".rstrip())
        action.setIconText(" " + verb)
        action.setEnabled(writable and bool(label))
        action.setToolTip(tip(self._specs[name], f"{verb}：{label}" if label else f"没有可以{verb}的修改"))


def tip(spec: Spec, text: str = "") -> str:
    """Return the tooltip of an action with its first shortcut."""
    keys = shown_key(spec)
    return (text or spec.tip) + (f"（{keys}）" if keys else "")


def shown_key(spec: Spec) -> str:
    """Return the first shortcut as the system writes it."""
    if not spec.keys:
        return ""
    sequence = QKeySequence(spec.keys[0], QKeySequence.SequenceFormat.PortableText)
    return sequence.toString(QKeySequence.SequenceFormat.NativeText)


def _plain(text: str) -> str:
    """Return a menu label without mnemonic and dots."""
    return text.partition("(&")[0].rstrip("…").strip()


def key_table() -> list[tuple[str, str, str]]:
    """Return (menu, action, shortcut) of everything that has a shortcut, in the order of the menus."""
    specs = {spec.name: spec for spec in SPECS}
    rows = []
    for title, names in MENUS:
        for name in names.split():
            if name in specs and specs[name].keys:
                rows.append((_plain(title), _plain(specs[name].text), shown_key(specs[name])))
    return rows
