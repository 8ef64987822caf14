"""Every topic a shipped diagram asks for has a handler, and every handler is asked for."""

from lxml import etree

from processes import handlers, shipped
from tests.processes.stage import Stage

_TOPIC = "{http://camunda.org/schema/1.0/bpmn}topic"


def test_topics_of_the_shipped_diagrams_and_handlers_are_the_same() -> None:
    drawn = {
        task.get(_TOPIC)
        for path, content in shipped.files().items()
        if path.endswith(".bpmn")
        for task in etree.fromstring(content).iter()
        if task.get(_TOPIC)
    }
    assert drawn == set(handlers.HANDLERS)


def test_the_shipped_files_are_published_without_an_error(stage: Stage) -> None:
    assert stage.incidents() == []
