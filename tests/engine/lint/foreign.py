"""Files as strangers send them, made from a seed: soups of elements, other vendors, broken bytes, giants."""

import random
from collections.abc import Callable, Iterator
from xml.sax.saxutils import quoteattr

from engine.bpmn import EVENT_KINDS, FLOW_NODES

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
VENDORS = {
    "camunda": "http://camunda.org/schema/1.0/bpmn",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
    "flowable": "http://flowable.org/bpmn",
    "activiti": "http://activiti.org/bpmn",
    "signavio": "http://www.signavio.com",
    "bizagi": "http://www.bizagi.com/bpmn20",
    "tns": "http://www.jboss.org/drools",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "tiendo": "https://tiendo.vn/schema/1.0",
}
SPACES = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in VENDORS.items())

_TAGS = [*sorted(FLOW_NODES), "sequenceFlow", "sequenceFlow", "sequenceFlow", "laneSet", "dataObject"]
_TAGS += ["association", "usertask", "foo", "ioSpecification", "incoming", "subProcess", "subProcess"]
_INNER = [*sorted(EVENT_KINDS), "eventDefinitionRef", "standardLoopCharacteristics", "extensionElements"]
_INNER += ["multiInstanceLoopCharacteristics", "conditionExpression", "script", "dataInputAssociation"]
_ATTRIBUTES = ["sourceRef", "targetRef", "default", "attachedToRef", "triggeredByEvent", "isInterrupting"]
_ATTRIBUTES += ["messageRef", "errorRef", "calledElement", "startQuantity", "cancelActivity", "instantiate"]
_ATTRIBUTES += ["camunda:assignee", "camunda:dueDate", "camunda:formKey", "camunda:collection", "activityRef"]
_ATTRIBUTES += ["camunda:topic", "camunda:class", "flowable:assignee", "activiti:class", "zeebe:type", "name"]
_ATTRIBUTES += ["camunda:decisionRef", "camunda:priority", "camunda:resultVariable", "eventGatewayType"]
_VALUES = ["", " ", "true", "1", "0", "-1", "e1", "e2", "e3", "nowhere", "= a +", "${x", "${a.b(c)}", "PT1H"]
_VALUES += ["R/P0D", "2020-01-01", "99999999999999999999", "đ" * 300, "a:b", "=[1..", "P99999999999Y", "\t"]
_VALUES += [
    "= " + "(" * 60,
    "#{x}",
    "R-1/PT1H",
    "2026-02-30T25:61:00",
    "= for x in x return x",
    "\u202e",
    "🜲",
]


def _attributes(rng: random.Random, number: int) -> str:
    identity = rng.choice([f"e{number}", f"e{number}", f"e{number}", "e1", "", "1 x", None])
    pairs = {rng.choice(_ATTRIBUTES): rng.choice([*_VALUES, f"e{rng.randint(0, 40)}"]) for _each in range(4)}
    if identity is not None:
        pairs["id"] = identity
    return "".join(f" {name}={quoteattr(text)}" for name, text in pairs.items())


def _soup(rng: random.Random, depth: int, numbers: Iterator[int]) -> str:
    parts: list[str] = []
    for _each in range(rng.randint(1, 8)):
        tag = rng.choice(_TAGS)
        inner = "".join(
            f"<{one}{_attributes(rng, next(numbers))}>{quoteattr(rng.choice(_VALUES))[1:-1]}</{one}>"
            for one in rng.sample(_INNER, rng.randint(0, 3))
        )
        if depth and tag in {"subProcess", "transaction", "adHocSubProcess", "task"}:
            inner += _soup(rng, depth - 1, numbers)
        parts.append(f"<{tag}{_attributes(rng, next(numbers))}>{inner}</{tag}>")
    return "".join(parts)


def document(body: str, prolog: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    return f'{prolog}<definitions xmlns="{MODEL}" {SPACES} id="d" targetNamespace="t">{body}</definitions>'


def process(body: str) -> str:
    return document(f'<process id="p" isExecutable="true">{body}</process>')


def soup(seed: int) -> bytes:
    """Give a well-formed file whose content means nothing."""
    rng = random.Random(seed)  # noqa: S311  nonsense, not secrets
    numbers = iter(range(1_000_000))
    roots = "".join(f"<{tag} id='{tag}' name=''/>" for tag in ("message", "signal", "error", "escalation"))
    kind = rng.choice(["process", "process", "collaboration", "choreography"])
    flag = rng.choice(["true", "false", "1", "maybe"])
    return document(f"{roots}<{kind} id='p' isExecutable='{flag}'>{_soup(rng, 3, numbers)}</{kind}>").encode()


def torn(seed: int) -> bytes:
    """Give a soup with bytes cut out, doubled or changed."""
    rng = random.Random(seed)  # noqa: S311  nonsense, not secrets
    content = bytearray(soup(seed))
    for _each in range(rng.randint(1, 6)):
        at = rng.randrange(len(content))
        length = rng.randint(1, 40)
        if rng.random() < 0.5:
            del content[at : at + length]
        else:
            content[at:at] = bytes(rng.randrange(256) for _byte in range(length))
        content = content or bytearray(b"<")
    return bytes(content)


# --- giants -----------------------------------------------------------------------------------------------


def _chain(count: int, tag: str = "task") -> str:
    steps = "".join(f'<{tag} id="t{at}"/>' for at in range(count))
    flows = "".join(
        f'<sequenceFlow id="f{at}" sourceRef="t{at}" targetRef="t{at + 1}"/>' for at in range(count - 1)
    )
    return steps + flows


def _ring(count: int) -> str:
    return _chain(count) + f'<sequenceFlow id="back" sourceRef="t{count - 1}" targetRef="t0"/>'


def _web(count: int) -> str:
    """Draw parallel gateways that all lead to one another: the worst case of every walk."""
    nodes = "".join(f'<parallelGateway id="g{at}"/>' for at in range(count))
    return nodes + "".join(
        f'<sequenceFlow id="f{a}_{b}" sourceRef="g{a}" targetRef="g{b}"/>'
        for a in range(count)
        for b in range(count)
    )


def _nested(depth: int, tag: str = "subProcess") -> str:
    return "".join(f'<{tag} id="s{at}">' for at in range(depth)) + f"</{tag}>" * depth


def _scripts(count: int) -> str:
    text = "+".join(["a"] * 400)
    return "".join(
        f'<scriptTask id="s{at}" scriptFormat="feel"><script>{text} + {at}</script></scriptTask>'
        for at in range(count)
    )


def _boundaries(count: int) -> str:
    definition = "<errorEventDefinition/>"
    return '<task id="h"/>' + "".join(
        f'<boundaryEvent id="b{at}" attachedToRef="h">{definition}</boundaryEvent>' for at in range(count)
    )


def _event_subprocesses(count: int) -> str:
    start = "<startEvent id='x{at}'><errorEventDefinition/></startEvent>"
    return "".join(
        f'<subProcess id="s{at}" triggeredByEvent="true">{start.format(at=at)}</subProcess>'
        for at in range(count)
    )


LONG_NAME = "n" * 3000

#: name → the file, made when asked for
FILES: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "blanks": lambda: b" \n\t ",
    "zeros": lambda: b"\0" * 1000,
    "html": lambda: b"<!doctype html><html><body>404</body></html>",
    "json": lambda: b'{"a": 1}',
    "word": lambda: b"PK\x03\x04" + bytes(range(256)) * 10,
    "utf-16": lambda: process("<task id='t'/>").replace("UTF-8", "UTF-16").encode("utf-16"),
    "utf-16 without mark": lambda: process("<task id='t'/>").encode("utf-16-le"),
    "bom": lambda: b"\xef\xbb\xbf" + process("<task id='t'/>").encode(),
    "latin": lambda: process("<task id='t' name='é'/>").replace("UTF-8", "ISO-8859-1").encode("latin-1"),
    "wrong encoding": lambda: process("<task id='t' name='é'/>").encode("latin-1"),
    "unknown encoding": lambda: process("<task id='t'/>").replace("UTF-8", "KLINGON").encode(),
    "doctype": lambda: b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
    "laughs": lambda: b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>',
    "outer entity": lambda: b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l>&a;</l>',
    "stylesheet": lambda: process("<?xml-stylesheet href='x'?><task id='t'/>").encode(),
    "other standard": lambda: b'<pnml xmlns="http://www.pnml.org"/>',
    "old bpmn": lambda: b'<definitions xmlns="http://schema.omg.org/spec/BPMN/2.0"/>',
    "no process": lambda: document("").encode(),
    "black boxes": lambda: document(
        "<collaboration id='c'><participant id='a'/><participant id='b'/>"
        "<messageFlow id='m' sourceRef='a' targetRef='b'/></collaboration>"
    ).encode(),
    "choreography": lambda: document(
        "<choreography id='c'><startEvent id='s'/><choreographyTask id='t'/></choreography>"
    ).encode(),
    "no ids": lambda: process("<startEvent/><task/><sequenceFlow/><endEvent/>" * 100).encode(),
    "one id": lambda: process("<task id='t'/>" * 3000).encode(),
    "dangling": lambda: process(
        "".join(f'<sequenceFlow id="f{at}" sourceRef="a{at}" targetRef="b{at}"/>' for at in range(3000))
    ).encode(),
    "attached to itself": lambda: process(
        '<boundaryEvent id="b" attachedToRef="b"><timerEventDefinition/></boundaryEvent>'
    ).encode(),
    "refers to itself": lambda: process(
        '<startEvent id="s"><eventDefinitionRef id="x">x</eventDefinitionRef></startEvent>'
    ).encode(),
    "calls itself": lambda: process('<callActivity id="c" calledElement="p"/>').encode(),
    "ten thousand elements": lambda: process(_chain(5000)).encode(),
    "ten thousand user tasks": lambda: process(_chain(9000, "userTask")).encode(),
    "too many elements": lambda: process("<task/>" * 30_000).encode(),
    "ring": lambda: process(_ring(4000)).encode(),
    "web": lambda: process(_web(130)).encode(),
    "two thousand deep": lambda: process(_nested(2000)).encode(),
    "ninety deep": lambda: process(_nested(90)).encode(),
    "deep and unknown": lambda: process(_nested(90, "foo")).encode(),
    "many boundaries": lambda: process(_boundaries(6000)).encode(),
    "many event sub-processes": lambda: process(_event_subprocesses(3000)).encode(),
    "many scripts": lambda: process(_scripts(1500)).encode(),
    "long names": lambda: process("".join(f'<task name="{LONG_NAME}{at}"/>' for at in range(600))).encode(),
    "two megabytes of text": lambda: process(f"<documentation>{'x' * 2_000_000}</documentation>").encode(),
    "cdata": lambda: process("<scriptTask id='s'><script><![CDATA[<&]]></script></scriptTask>").encode(),
}
