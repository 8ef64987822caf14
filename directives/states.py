"""States of an assignment, what leads from one to another, and the labels officials know (R-K1).

State is stored, timeliness is computed; the label is a product of the two. The transition table is the whole
truth about what may follow what; everything else is refused.
"""

from dataclasses import dataclass
from enum import StrEnum

from foundation.errors import Conflict
from foundation.texts import Text, _


class State(StrEnum):
    """The stored state of an assignment (domain note §3)."""

    NEW = "moi"
    AWAITING_ACCEPTANCE = "cho_tiep_nhan"
    RETURNED = "tra_lai"
    IN_PROGRESS = "dang_thuc_hien"
    AWAITING_CONFIRMATION = "cho_xac_nhan"
    REDO = "thuc_hien_lai"
    DONE = "hoan_thanh"
    SUSPENDED = "tam_dung"
    CANCELLED = "huy"


class Timeliness(StrEnum):
    """How an assignment stands to its effective due day."""

    NO_DUE = "khong_thoi_han"
    IN_TERM = "trong_han"
    DUE_SOON = "sap_den_han"
    OVERDUE = "qua_han"
    ON_TIME = "dung_han"
    LATE = "hoan_thanh_qua_han"


#: not yet begun by the lead
NOT_STARTED = frozenset({State.NEW, State.AWAITING_ACCEPTANCE, State.RETURNED})
#: the lead is at work
WORKING = frozenset({State.IN_PROGRESS, State.REDO})
#: over, one way or the other
ENDED = frozenset({State.DONE, State.CANCELLED})
#: counted as "chưa hoàn thành" by R-K2; cancelled is excluded, suspended counted apart
OPEN = frozenset(State) - ENDED - {State.SUSPENDED}

_RUNNING = NOT_STARTED | WORKING

#: act → the states it may start from, and the state it leads to (None: not fixed by the act alone)
TRANSITIONS: dict[str, tuple[frozenset[State], State | None]] = {
    "hand_over": (frozenset({State.NEW}), State.AWAITING_ACCEPTANCE),
    "accept": (frozenset({State.NEW, State.AWAITING_ACCEPTANCE}), State.IN_PROGRESS),
    "return": (frozenset({State.NEW, State.AWAITING_ACCEPTANCE}), State.RETURNED),
    "return_by_agreement": (WORKING, State.RETURNED),
    "insist": (frozenset({State.RETURNED}), State.AWAITING_ACCEPTANCE),
    "reassign": (_RUNNING, State.AWAITING_ACCEPTANCE),
    "progress": (WORKING, None),
    "submit": (WORKING, State.AWAITING_CONFIRMATION),
    "recall": (frozenset({State.AWAITING_CONFIRMATION}), None),
    "confirm": (frozenset({State.AWAITING_CONFIRMATION}), State.DONE),
    "redo": (frozenset({State.AWAITING_CONFIRMATION}), State.REDO),
    "complete_by_hand": (WORKING, State.DONE),
    "suspend": (_RUNNING, State.SUSPENDED),
    "resume": (frozenset({State.SUSPENDED}), None),
    "cancel": (_RUNNING | {State.AWAITING_CONFIRMATION, State.SUSPENDED}, State.CANCELLED),
    "redate": (_RUNNING | {State.AWAITING_CONFIRMATION, State.SUSPENDED}, None),
    "adjust": (_RUNNING | {State.AWAITING_CONFIRMATION, State.SUSPENDED}, None),
    "urge": (OPEN, None),
}

STATE_NAMES: dict[State, Text] = {
    State.NEW: _("Mới giao"),
    State.AWAITING_ACCEPTANCE: _("Chờ tiếp nhận"),
    State.RETURNED: _("Trả lại"),
    State.IN_PROGRESS: _("Đang thực hiện"),
    State.AWAITING_CONFIRMATION: _("Chờ xác nhận"),
    State.REDO: _("Thực hiện lại"),
    State.DONE: _("Hoàn thành"),
    State.SUSPENDED: _("Tạm dừng"),
    State.CANCELLED: _("Hủy"),
}

#: acts as an official names them, for refusals
ACT_NAMES: dict[str, Text] = {
    "hand_over": _("giao"),
    "accept": _("nhận"),
    "return": _("trả lại"),
    "return_by_agreement": _("trả lại theo thỏa thuận"),
    "insist": _("giữ nguyên việc giao"),
    "reassign": _("giao lại"),
    "progress": _("cập nhật tiến độ"),
    "submit": _("gửi kết quả"),
    "recall": _("lấy lại kết quả đã gửi"),
    "confirm": _("xác nhận hoàn thành"),
    "redo": _("yêu cầu thực hiện lại"),
    "complete_by_hand": _("kết thúc"),
    "suspend": _("tạm dừng"),
    "resume": _("tiếp tục"),
    "cancel": _("hủy"),
    "redate": _("đổi thời hạn"),
    "adjust": _("điều chỉnh nội dung"),
    "urge": _("đôn đốc"),
    "extension": _("xin gia hạn"),
}


@dataclass(frozen=True, kw_only=True)
class Label:
    """What a person sees: always word, icon and colour together, never colour alone (domain note §3)."""

    text: Text
    #: Bootstrap icon name
    icon: str
    #: name of a colour token of the pages
    colour: str


def next_state(act: str, state: State, assignment_id: str) -> State:
    """Give the state an act leads to; raises Conflict when the act may not start from `state`."""
    allowed, target = TRANSITIONS[act]
    if state not in allowed:
        raise refused(act, state, allowed, assignment_id)
    return state if target is None else target


def refused(act: str, state: State, allowed: frozenset[State], assignment_id: str) -> Conflict:
    """Make the error that names the act, the state found and the states in which the act is possible."""
    names = ", ".join(f"“{STATE_NAMES[s]}”" for s in State if s in allowed)
    return Conflict(
        _(
            "Không thể {act}: nhiệm vụ đang ở trạng thái “{state}”; "
            "việc này chỉ làm được khi nhiệm vụ ở trạng thái {allowed}.",
            act=ACT_NAMES[act],
            state=STATE_NAMES[state],
            allowed=names,
        ),
        rule="R-K1",
        assignment=assignment_id,
        act=act,
        state=state.value,
        allowed=sorted(allowed),
    )


def label(state: State, timeliness: Timeliness) -> Label:
    """Give the label of R-K1 for a state and a timeliness."""
    if state in (State.CANCELLED, State.SUSPENDED, State.RETURNED):
        return _PLAIN[state]
    group = "not_started" if state in NOT_STARTED else "working" if state in WORKING else state.value
    text = _LABELS[group, timeliness]
    icon, colour = _MARKS[timeliness]
    return Label(text=text, icon=icon, colour=colour)


_PLAIN = {
    State.RETURNED: Label(text=_("Trả lại"), icon="arrow-return-left", colour="status-returned"),
    State.SUSPENDED: Label(text=_("Tạm dừng"), icon="pause-circle", colour="status-suspended"),
    State.CANCELLED: Label(text=_("Hủy"), icon="x-circle", colour="status-cancelled"),
}

_MARKS = {
    Timeliness.NO_DUE: ("infinity", "status-no-due"),
    Timeliness.IN_TERM: ("clock", "status-in-term"),
    Timeliness.DUE_SOON: ("hourglass-split", "status-due-soon"),
    Timeliness.OVERDUE: ("exclamation-triangle-fill", "status-overdue"),
    Timeliness.ON_TIME: ("check-circle-fill", "status-on-time"),
    Timeliness.LATE: ("check-circle", "status-done-late"),
}

_LABELS: dict[tuple[str, Timeliness], Text] = {
    ("not_started", Timeliness.NO_DUE): _("Chưa thực hiện (không thời hạn)"),
    ("not_started", Timeliness.IN_TERM): _("Chưa thực hiện – trong hạn"),
    ("not_started", Timeliness.DUE_SOON): _("Chưa thực hiện – sắp đến hạn"),
    ("not_started", Timeliness.OVERDUE): _("Chưa thực hiện – quá hạn"),
    ("working", Timeliness.NO_DUE): _("Đang thực hiện – không thời hạn"),
    ("working", Timeliness.IN_TERM): _("Đang thực hiện trong hạn"),
    ("working", Timeliness.DUE_SOON): _("Đang thực hiện – sắp đến hạn"),
    ("working", Timeliness.OVERDUE): _("Đang thực hiện quá hạn"),
    (State.AWAITING_CONFIRMATION, Timeliness.NO_DUE): _("Chờ xác nhận"),
    (State.AWAITING_CONFIRMATION, Timeliness.IN_TERM): _("Chờ xác nhận trong hạn"),
    (State.AWAITING_CONFIRMATION, Timeliness.DUE_SOON): _("Chờ xác nhận trong hạn"),
    (State.AWAITING_CONFIRMATION, Timeliness.OVERDUE): _("Chờ xác nhận quá hạn"),
    (State.DONE, Timeliness.NO_DUE): _("Hoàn thành (không thời hạn)"),
    (State.DONE, Timeliness.ON_TIME): _("Hoàn thành đúng hạn"),
    (State.DONE, Timeliness.LATE): _("Hoàn thành quá hạn"),
}
