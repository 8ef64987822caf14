"""Several tokens at once: joins that never get both, merges that run twice, loops that breed tokens."""

from collections.abc import Iterator

from engine.bpmn import ACTIVITIES
from engine.findings import Finding
from engine.lint.model import Diagram, Flow, Node
from engine.lint.paths import EFFORT, Paths, is_ad_hoc, splits
from engine.rules import error, warning
from foundation.texts import _

JOIN_NEVER_BOTH = error(
    "join.never-both",
    _(
        "Cổng song song {name} chờ cả luồng từ “{first}” lẫn luồng từ “{second}”, nhưng mỗi lần chạy chỉ một "
        "trong hai "
        "luồng có thể tới; hãy gộp bằng cổng loại trừ, hoặc rẽ nhánh phía trước bằng cổng song song."
    ),
    why=_("Sau cổng loại trừ chỉ có một nhánh chạy nên cổng song song đợi mãi (BPMN 2.0 §13.4.1)."),
    example="cổng loại trừ → hai nhánh → cổng song song",
)
MERGE = warning(
    "merge.parallel-branches",
    _(
        "Hai nhánh song song từ “{split}” cùng dẫn vào {name} nên các bước từ đây chạy hai lần; hãy gộp hai "
        "nhánh bằng "
        "cổng song song trước bước này."
    ),
    why=_("Cổng loại trừ và bước thường không đợi, mỗi nhánh tới là chạy một lần (BPMN 2.0 §13.4.2)."),
    example="cổng song song → hai nhánh → cùng một nhiệm vụ",
)
ADDS_TOKENS = warning(
    "loop.adds-tokens",
    _(
        "Mỗi vòng lặp qua {name} sinh thêm một nhánh song song mà không có cổng gộp; hãy gộp các nhánh trước "
        "khi quay lại."
    ),
    why=_("Số nhánh đang chạy tăng sau mỗi vòng cho tới khi quy trình không còn chạy nổi."),
    example="cổng song song có một nhánh quay lại chính nó",
)


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give the joins, merges and loops whose number of tokens does not come out."""
    for scope in diagram.scopes:
        if is_ad_hoc(scope):
            continue
        paths = Paths(diagram, scope)
        joins = paths.joins
        merges = [node for node in scope.nodes if _merges(node)]
        parallel = [node for node in scope.nodes if splits(node)]
        questions = sum(len(node.incoming) for node in (*joins, *merges)) + len(parallel)
        if questions * len(scope.nodes) > EFFORT:
            continue
        for join in joins:
            if join.kind == "parallelGateway":
                yield from _join(diagram, paths, join)
        if parallel:
            yield from (found for node in merges for found in _merge(diagram, paths, node, parallel))
            yield from _breeding(diagram, paths, parallel)


def _merges(node: Node) -> bool:
    passes = node.kind in ACTIVITIES or node.kind in {"exclusiveGateway", "intermediateThrowEvent"}
    gathers = (node.xml.get("startQuantity") or "1").strip() != "1"
    return passes and not gathers and len(node.incoming) > 1


def _join(diagram: Diagram, paths: Paths, join: Node) -> Iterator[Finding]:
    """Name the first two flows that no run can bring both."""
    flows = [flow for flow in join.incoming if flow.source is not None and flow.source in paths.ahead]
    ways = {flow: _origins(paths, flow, barrier=[join]) for flow in flows}
    begins = _begins(paths)
    if any(not origins & begins for origins in ways.values()):
        return  # a source that nothing leads to is another rule's
    for at, first in enumerate(flows):
        for second in flows[at + 1 :]:
            if not _may_meet(paths, first, second, ways, begins):
                yield JOIN_NEVER_BOTH.at(join.xml, diagram.file, first=_label(first), second=_label(second))
                return


def _may_meet(
    paths: Paths, first: Flow, second: Flow, ways: dict[Flow, set[Node]], begins: set[Node]
) -> bool:
    """Tell whether one run may bring a token over each of two flows: somewhere they part and both go on."""
    common = ways[first] & ways[second]
    for node in common:
        if not paths.may_multiply(node):
            continue
        if paths.repeats(node):
            return True
        left, right = (
            {at for at, step in enumerate(paths.ahead[node]) if _leads(step.flow, step.target, flow, ways)}
            for flow in (first, second)
        )
        if left and right and len(left | right) > 1:
            return True
    is_implicit = len(begins) > 1 and not paths.scope.starts
    return is_implicit and len((ways[first] | ways[second]) & begins) > 1


def _leads(flow: Flow | None, target: Node, wanted: Flow, ways: dict[Flow, set[Node]]) -> bool:
    return flow is wanted or target in ways[wanted]


def _origins(paths: Paths, flow: Flow, *, barrier: list[Node]) -> set[Node]:
    is_inside = flow.source is not None and flow.source in paths.ahead
    return paths.before(flow.source, barrier=barrier) if is_inside and flow.source else set()


def _begins(paths: Paths) -> set[Node]:
    starts = paths.scope.starts
    return set(starts or [node for node in paths.scope.nodes if not paths.behind[node]])


def _merge(diagram: Diagram, paths: Paths, node: Node, parallel: list[Node]) -> Iterator[Finding]:
    barrier = [*paths.joins, node]
    ways = {flow: _origins(paths, flow, barrier=barrier) for flow in node.incoming}
    for split in parallel:
        if split is node:
            continue
        reached = [
            {step.flow for step in paths.ahead[split] if _leads(step.flow, step.target, flow, ways)}
            for flow in node.incoming
        ]
        if sum(map(bool, reached)) > 1 and len(set().union(*reached)) > 1:
            yield MERGE.at(node.xml, diagram.file, split=split.label)
            return


def _breeding(diagram: Diagram, paths: Paths, parallel: list[Node]) -> Iterator[Finding]:
    joins = paths.joins
    for split in parallel:
        if split in joins:
            continue
        returns = [s for s in paths.ahead[split] if s.flow and split in paths.after(s.target, barrier=joins)]
        if returns and not any(step.target in joins for step in returns):
            yield ADDS_TOKENS.at(split.xml, diagram.file)


def _label(flow: Flow) -> str:
    return "" if flow.source is None else flow.source.label
