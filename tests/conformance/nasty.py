"""Files as they come from elsewhere: other engines, other standards, other encodings, broken, hostile, huge.

`write(folder)` makes them; none is taken from anybody. Used by the tests of the suite `import`.
"""

# ruff: noqa: E501  a document in one line is easier to read than one cut at column 110

from itertools import pairwise
from pathlib import Path

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def document(
    body: str, *, namespaces: str = "", prolog: str = '<?xml version="1.0" encoding="UTF-8"?>'
) -> str:
    """Give a BPMN document around a body; the default namespace is BPMN's."""
    return f'{prolog}\n<definitions xmlns="{MODEL}" targetNamespace="t" {namespaces}>{body}</definitions>'


def process(body: str, *, identity: str = "p", executable: str = "true") -> str:
    """Give a process around a body."""
    return f'<process id="{identity}" isExecutable="{executable}">{body}</process>'


def chain(count: int) -> str:
    """Give a start, so many tasks in a row, an end."""
    names = ["s", *(f"t{number}" for number in range(count)), "e"]
    tasks = "".join(f'<task id="{name}"/>' for name in names[1:-1])
    flows = "".join(
        f'<sequenceFlow id="f{number}" sourceRef="{one}" targetRef="{other}"/>'
        for number, (one, other) in enumerate(pairwise(names))
    )
    return f'<startEvent id="s"/>{tasks}<endEvent id="e"/>{flows}'


SIMPLE = chain(1)
#: text of each file by its path below the folder
TEXTS: dict[str, str] = {
    "good/one-step.bpmn": document(process(SIMPLE)),
    "good/default-namespace-and-prefix.bpmn": (
        f'<x:definitions xmlns:x="{MODEL}" targetNamespace="t"><x:process id="p" isExecutable="true">'
        '<x:startEvent id="s"/></x:process></x:definitions>'
    ),
    "engines/zeebe.bpmn": document(
        process(
            '<startEvent id="s"/><serviceTask id="t"><extensionElements>'
            '<zeebe:taskDefinition type="pay"/></extensionElements></serviceTask>'
            '<sequenceFlow id="f" sourceRef="s" targetRef="t"/>'
        ),
        namespaces='xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"',
    ),
    "engines/activiti.bpmn": document(
        process(
            '<startEvent id="s" activiti:formKey="x"/><serviceTask id="t" activiti:class="org.example.Pay"/>'
            '<sequenceFlow id="f" sourceRef="s" targetRef="t"><conditionExpression>${amount &gt; 5}'
            "</conditionExpression></sequenceFlow>"
        ),
        namespaces='xmlns:activiti="http://activiti.org/bpmn"',
    ),
    "engines/flowable.bpmn": document(
        process(
            '<startEvent id="s"/><userTask id="t" flowable:assignee="${initiator}"/>'
            '<scriptTask id="x" scriptFormat="groovy"><script>println 1</script></scriptTask>'
            '<sequenceFlow id="f" sourceRef="s" targetRef="t"/><sequenceFlow id="g" sourceRef="t" targetRef="x"/>'
        ),
        namespaces='xmlns:flowable="http://flowable.org/bpmn"',
    ),
    "engines/jbpm.bpmn2": document(
        '<itemDefinition id="_x" structureRef="Object"/>'
        + process(
            '<property id="x" itemSubjectRef="_x"/><startEvent id="s"/>'
            '<scriptTask id="t" scriptFormat="http://www.java.com/java" tns:priority="1"><script>kcontext;</script>'
            '<ioSpecification><dataInput id="i"/><inputSet><dataInputRefs>i</dataInputRefs></inputSet>'
            "<outputSet/></ioSpecification></scriptTask>"
            '<sequenceFlow id="f" sourceRef="s" targetRef="t"/>'
        ),
        namespaces='xmlns:tns="http://www.jboss.org/drools"',
    ),
    "engines/signavio.bpmn": document(
        process(
            '<extensionElements><signavio:signavioMetaData metaKey="processtype" metaValue=""/>'
            '</extensionElements><startEvent id="sid-1"/>',
            executable="false",
        ),
        namespaces='xmlns:signavio="http://www.signavio.com"',
    ),
    "drawings/collaboration-only.bpmn": document(
        '<collaboration id="c"><participant id="a" name="A"/><participant id="b" name="B"/>'
        '<messageFlow id="m" sourceRef="a" targetRef="b"/></collaboration>'
    ),
    "drawings/not-executable.bpmn": document(process(SIMPLE, executable="false")),
    "drawings/choreography.bpmn": document(
        '<choreography id="c"><participant id="a"/><participant id="b"/>'
        '<choreographyTask id="t" initiatingParticipantRef="a"><participantRef>a</participantRef>'
        "<participantRef>b</participantRef></choreographyTask></choreography>"
    ),
    "drawings/conversation.bpmn": document(
        '<collaboration id="c"><participant id="a"/><participant id="b"/><conversation id="v">'
        "<participantRef>a</participantRef><participantRef>b</participantRef></conversation></collaboration>"
    ),
    "drawings/empty-definitions.bpmn": document(""),
    "drawings/empty-process.bpmn": document(process("")),
    "standards/bpmn-1.bpmn": (
        '<bpmn:Diagram xmlns:bpmn="http://www.bpmn.org/schema/1.1"><bpmn:Pool Id="p"/></bpmn:Diagram>'
    ),
    "standards/xpdl.bpmn": '<Package xmlns="http://www.wfmc.org/2008/XPDL2.1" Id="p"><Pools/></Package>',
    "standards/bpel.bpmn": '<process xmlns="http://docs.oasis-open.org/wsbpel/2.0/process/executable" name="p"/>',
    "standards/dmn.bpmn": '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d"/>',
    "standards/cmmn.bpmn": '<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL"/>',
    "standards/html.bpmn": "<!DOCTYPE html><html><body><p>404</p></body></html>",
    "standards/json.bpmn": '{"process": {"id": "p"}}',
    "structure/no-ids.bpmn": document(
        "<process isExecutable='true'><startEvent/><task/><task/><endEvent/><sequenceFlow sourceRef='a' targetRef='b'/>"
        "<exclusiveGateway/></process>"
    ),
    "structure/same-ids.bpmn": document(
        process(SIMPLE + '<task id="t0"/><task id="p"/><startEvent id="s"/>')
    ),
    "structure/dangling.bpmn": document(
        process(
            '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="nowhere"/>'
            '<boundaryEvent id="b" attachedToRef="nobody"><errorEventDefinition errorRef="none"/></boundaryEvent>'
            '<exclusiveGateway id="g" default="ghost"/><callActivity id="c"/>'
            '<intermediateCatchEvent id="m"><messageEventDefinition messageRef="lost"/></intermediateCatchEvent>'
            '<dataObjectReference id="d" dataObjectRef="gone"/><laneSet><lane id="l"><flowNodeRef>away</flowNodeRef>'
            "</lane></laneSet>"
        )
    ),
    "structure/unclear-flows.bpmn": document(
        process(
            '<startEvent id="s"/><exclusiveGateway id="g"/><task id="a"/><task id="b"/>'
            '<sequenceFlow id="f" sourceRef="s" targetRef="g"/><sequenceFlow id="x" sourceRef="g" targetRef="a"/>'
            '<sequenceFlow id="y" sourceRef="g" targetRef="b"/><sequenceFlow id="z" sourceRef="a" targetRef="a"/>'
        )
    ),
    "structure/bad-numbers.bpmn": document(
        process(
            '<startEvent id="s"/><task id="a" startQuantity="viel" completionQuantity="-1">'
            '<multiInstanceLoopCharacteristics behavior="Sometimes" isSequential="maybe">'
            "<loopCardinality>((</loopCardinality></multiInstanceLoopCharacteristics></task>"
            '<task id="b"><standardLoopCharacteristics loopMaximum="1e999" testBefore="?"/></task>'
            '<intermediateCatchEvent id="c"><timerEventDefinition><timeCycle>R-3/P1X</timeCycle>'
            "<timeDate>2024-13-45</timeDate></timerEventDefinition></intermediateCatchEvent>"
            '<sequenceFlow id="f" sourceRef="s" targetRef="a"/><sequenceFlow id="g" sourceRef="a" targetRef="b"/>'
            '<sequenceFlow id="h" sourceRef="b" targetRef="c"/>'
        )
    ),
    "structure/flow-into-itself.bpmn": document(
        process(
            '<subProcess id="p2"><subProcess id="p3"><startEvent id="s"/></subProcess></subProcess>'
            '<sequenceFlow id="f" sourceRef="s" targetRef="p2"/>'
        )
    ),
    "structure/comments.bpmn": document(
        process(
            "<!-- a --><?pi b?><startEvent id='s'/><!-- c --><task id='t'><!-- d --></task>"
            "<sequenceFlow id='f' sourceRef='s' targetRef='t'><!-- e --></sequenceFlow>"
        )
    ),
    "structure/unknown-elements.bpmn": document(process('<startEvent id="s"/><teleport id="x"/><robot/>')),
    "structure/flows-of-text.bpmn": document(process("words <startEvent id='s'/> and more words")),
    "structure/odd-names.bpmn": document(
        process(
            '<startEvent id="s" name="&#10;&#9;"/><task id="việc" name="' + "dài " * 400 + '"/>'
            '<sequenceFlow id="f" sourceRef="s" targetRef="việc"/>',
            identity="quy.trình_1",
        )
    ),
    "hostile/entities.bpmn": document(
        process('<startEvent id="s" name="&b;"/>'),
        prolog='<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>',
    ),
    "hostile/external.bpmn": document(
        process('<startEvent id="s" name="&b;"/>'),
        prolog='<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
    ),
    "hostile/include.bpmn": document(
        '<xi:include href="file:///etc/passwd" parse="text"/>' + process(SIMPLE),
        namespaces='xmlns:xi="http://www.w3.org/2001/XInclude"',
    ),
    "hostile/deep.bpmn": document("<documentation>" * 3000 + "</documentation>" * 3000),
    "hostile/long-expression.bpmn": document(
        process(
            '<startEvent id="s"/><exclusiveGateway id="g"/><task id="a"/><sequenceFlow id="f" sourceRef="s" '
            'targetRef="g"/><sequenceFlow id="x" sourceRef="g" targetRef="a"><conditionExpression>'
            + "(" * 100_000
            + "</conditionExpression></sequenceFlow>"
        )
    ),
    "hostile/import-loop.bpmn": document(
        '<import importType="x" location="import-loop.bpmn" namespace="t"/>' + process(SIMPLE)
    ),
    "hostile/calls-itself.bpmn": document(
        process(
            '<startEvent id="s"/><callActivity id="c" calledElement="p"/>'
            '<sequenceFlow id="f" sourceRef="s" targetRef="c"/>'
        )
    ),
    "size/thousand-tasks.bpmn": document(process(chain(1000))),
    "size/six-thousand-tasks.bpmn": document(process(chain(6000))),
    "size/wide-gateway.bpmn": document(
        process(
            '<startEvent id="s"/><inclusiveGateway id="g"/><inclusiveGateway id="j"/>'
            '<sequenceFlow id="f" sourceRef="s" targetRef="g"/>'
            + "".join(
                f'<task id="t{n}"/><sequenceFlow id="a{n}" sourceRef="g" targetRef="t{n}"/>'
                f'<sequenceFlow id="b{n}" sourceRef="t{n}" targetRef="j"/>'
                for n in range(500)
            )
        )
    ),
}
#: bytes of each file
BYTES: dict[str, bytes] = {
    "encodings/utf-16.bpmn": TEXTS["good/one-step.bpmn"].replace("UTF-8", "UTF-16").encode("utf-16"),
    "encodings/utf-8-bom.bpmn": b"\xef\xbb\xbf" + TEXTS["good/one-step.bpmn"].encode(),
    "encodings/latin-1.bpmn": document(
        process('<startEvent id="s" name="Prüfung"/>'), prolog='<?xml version="1.0" encoding="ISO-8859-1"?>'
    ).encode("latin-1"),
    "encodings/says-utf-8-is-latin-1.bpmn": document(process('<startEvent id="s" name="Prüfung"/>')).encode("latin-1"),
    "encodings/unknown.bpmn": TEXTS["good/one-step.bpmn"].replace("UTF-8", "KLINGON-1").encode(),
    "encodings/control.bpmn": document(process('<startEvent id="s" name="\x00\x01"/>')).encode(),
    "encodings/surrogate.bpmn": document(process('<startEvent id="s" name="X"/>')).encode().replace(b"X", b"\xed\xa0\x80"),
    "broken/empty.bpmn": b"",
    "broken/spaces.bpmn": b" \n\t \n",
    "broken/binary.bpmn": bytes(range(256)) * 64,
    "broken/zip.bpmn": b"PK\x03\x04" + b"\x00" * 200,
    "broken/cut-off.bpmn": TEXTS["good/one-step.bpmn"].encode()[:-40],
    "broken/two-roots.bpmn": TEXTS["good/one-step.bpmn"].encode() + b"<more/>",
    "broken/unclosed.bpmn": document(process("<startEvent id='s'>")).encode(),
    "broken/unbound-prefix.bpmn": document(process("<foo:bar/>")).encode(),
    "size/too-large.bpmn": document(process(f"<documentation>{'x' * 6_000_000}</documentation>")).encode(),
}  # fmt: skip


def write(folder: Path) -> list[Path]:
    """Make all files below a folder; gives their paths."""
    contents = {name: text.encode() for name, text in TEXTS.items()} | BYTES
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return [folder / name for name in contents]
