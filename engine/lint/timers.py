"""Timers: a literal must be ISO 8601 of the right kind, and must be able to fire (BPMN 2.0 §10.5.5)."""

import re
from collections.abc import Iterator

from lxml.etree import _Element as XmlElement

from engine import expressions, iso8601
from engine.bpmn import local
from engine.findings import Finding
from engine.lint.model import Diagram, Node
from engine.rules import error, warning
from foundation.texts import _

MISSING = error(
    "timer.missing",
    _("Sự kiện thời gian {name} chưa có thời điểm, khoảng thời gian hay chu kỳ; hãy điền một trong ba."),
    why=_("Không có thời gian thì sự kiện không bao giờ xảy ra."),
    example="<bpmn:timerEventDefinition/>",
)
SEVERAL = error(
    "timer.several",
    _("Sự kiện thời gian {name} có nhiều hơn một giá trị thời gian; hãy chỉ giữ một."),
    why=_("Không biết phải theo giá trị nào."),
    example="<bpmn:timeDate/> cùng <bpmn:timeDuration/>",
)
INVALID = error(
    "timer.invalid",
    _(
        "{name}: “{found}” không phải {expected} theo ISO 8601; hãy viết như {example}, hoặc một "
        "biểu thức bắt đầu "
        "bằng “=”."
    ),
    why=_("Thời gian viết sai sẽ không bao giờ tới hạn."),
    example="<bpmn:timeDuration>P1X</bpmn:timeDuration>",
)
CRON = error(
    "timer.cron",
    _(
        "{name}: “{found}” là biểu thức cron, không dùng trong sơ đồ; hãy dùng chu kỳ như R/P1D, "
        "hoặc đặt lịch khởi "
        "tạo quy trình."
    ),
    why=_("Lịch định kỳ được đặt ở mục lịch, nơi có múi giờ và cách xử lý lần bỏ lỡ."),
    example="<bpmn:timeCycle>0 0 8 * * MON</bpmn:timeCycle>",
)
NEVER = error(
    "timer.never-fires",
    _("{name}: “{found}” không bao giờ xảy ra hoặc xảy ra liên tục không nghỉ; hãy sửa lại thời gian."),
    why=_("Số lần lặp bằng không, khoảng âm hoặc chu kỳ dài bằng không đều là nhầm lẫn."),
    example="<bpmn:timeCycle>R0/PT1H</bpmn:timeCycle>",
)
LOCAL = warning(
    "timer.local-time",
    _("{name}: “{found}” không ghi múi giờ; hãy ghi rõ, ví dụ 2026-01-15T17:00:00+07:00."),
    why=_("Không ghi múi giờ thì phải đoán, và đoán sai là lệch hạn."),
    example="<bpmn:timeDate>2026-01-15T17:00:00</bpmn:timeDate>",
)
ONCE = error(
    "timer.cycle-once",
    _(
        "{name}: chu kỳ “{found}” ở đây chỉ xảy ra lần đầu; hãy dùng khoảng thời gian, hoặc sự kiện "
        "không ngắt."
    ),
    why=_("Sự kiện ngắt và sự kiện chờ chỉ xảy ra một lần."),
    example="sự kiện biên ngắt với R3/PT1H",
)
PAST = warning(
    "timer.past",
    _("{name}: “{found}” đã qua; hãy đổi sang thời điểm sắp tới, hoặc một khoảng thời gian như P3D."),
    why=_("Thời điểm đã qua thì sự kiện xảy ra ngay khi tới, hoặc không bao giờ khởi tạo quy trình."),
    example="<bpmn:timeDate>2020-01-15T17:00:00+07:00</bpmn:timeDate>",
)

_KINDS = {
    "timeDate": ("date", "date-time"),
    "timeDuration": ("duration",),
    "timeCycle": ("cycle", "duration"),
}
_EXPECTED = {
    "timeDate": (_("thời điểm"), "2026-01-15T17:00:00+07:00"),
    "timeDuration": (_("khoảng thời gian"), "PT8H, P3D"),
    "timeCycle": (_("chu kỳ"), "R3/PT8H"),
}
_CRON = re.compile(r"\A[\d*?,/\-LW#A-Za-z]+(?:\s+[\d*?,/\-LW#A-Za-z]+){4,6}\Z")


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give the timers without time, with a wrong literal, or that never fire."""
    for node in diagram.nodes:
        for definition in node.definitions:
            if local(definition) == "timerEventDefinition":
                yield from _timer(diagram, node, definition)


def is_cron(text: str) -> bool:
    """Tell whether a text is a cron expression."""
    return bool(_CRON.match(text.strip())) and ("*" in text or "?" in text)


def _timer(diagram: Diagram, node: Node, definition: XmlElement) -> Iterator[Finding]:
    times = [child for child in definition if local(child) in _KINDS and (child.text or "").strip()]
    if not times:
        yield MISSING.at(node.xml, diagram.file)
    elif len(times) > 1:
        yield SEVERAL.at(node.xml, diagram.file)
    else:
        yield from _time(diagram, node, times[0])


def _time(diagram: Diagram, node: Node, time: XmlElement) -> Iterator[Finding]:
    file, xml, found = diagram.file, node.xml, (time.text or "").strip()
    if is_cron(found):
        yield CRON.at(xml, file, found=found)
        return
    is_cycle = local(time) == "timeCycle"
    if is_cycle and _fires_once(node):
        yield ONCE.at(xml, file, found=found)
    if expressions.is_marked(found) or not iso8601.looks_literal(found):
        return
    literal = iso8601.read(found)
    if literal is None or literal.kind not in _KINDS[local(time)]:
        expected, example = _EXPECTED[local(time)]
        yield INVALID.at(xml, file, found=found, expected=expected, example=example)
    elif literal.is_negative or literal.repetitions == 0 or (is_cycle and literal.is_zero):
        yield NEVER.at(xml, file, found=found)
    elif diagram.now is not None and literal.is_before(diagram.now):
        yield PAST.at(xml, file, found=found)
    elif literal.is_local:
        yield LOCAL.at(xml, file, found=found)


def _fires_once(node: Node) -> bool:
    if node.kind == "startEvent":
        return node.is_interrupting and not node.scope.is_process
    return node.kind == "intermediateCatchEvent" or (node.kind == "boundaryEvent" and node.is_interrupting)
