"""What is chosen or counted: ad-hoc sub-processes and complex gateways."""

from tests.engine.diagrams import diagram
from tests.engine.lint.proofs.stage import play, proves, tasks


@proves("adHocSubProcess")
def an_ad_hoc_sub_process_starts_what_is_chosen_until_its_condition_holds() -> None:
    enough = "<bpmn:completionCondition>enough</bpmn:completionCondition>"
    drawing = diagram().start().inside("x", "adHocSubProcess", enough).at(None).user_task("a")
    player = play(drawing.at(None).user_task("b").outside().user_task("after").end())
    assert tasks(player) == set()
    player.activate("b")
    player.complete("b", {"enough": False})
    player.activate("b")
    assert tasks(player) == {"b"}
    player.complete("b", {"enough": True})
    assert tasks(player) == {"after"}


@proves("complexGateway")
def a_complex_gateway_goes_on_once_when_enough_have_come() -> None:
    drawing = diagram().start().parallel("g").user_task("a")
    enough = "<bpmn:activationCondition>activationCount &gt;= 2</bpmn:activationCondition>"
    drawing.node("complexGateway", "x", enough).user_task("after").end()
    drawing.at("g").user_task("b").flow("b", "x").at("g").user_task("c").flow("c", "x")
    player = play(drawing)
    player.complete("a")
    assert tasks(player) == {"b", "c"}
    player.complete("b")
    player.complete("c")
    assert tasks(player) == {"after"}
    player.complete("after")
    assert player.result().state == "completed"
