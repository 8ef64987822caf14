"""Đắk Nông: the plan without number and date arrived this morning at the Sở; the clerk has to register it."""

from processes import receiving
from processes.autopilot import Autopilot
from tiendo.demo.habits import Habit
from tiendo.demo.story import Story, at, later, read, text

KEY = ("dk.khcn", "")


def habit(_story: Story) -> Habit:
    """Nobody did anything yet."""
    return Habit()


def tell(autopilot: Autopilot, story: Story) -> None:
    """Let the plan arrive, as intake read it."""
    content = text("dak-nong-ke-hoach")
    arrival = min(at(story.today, "07:50"), story.now)
    later(autopilot, story, arrival, "vanthu.daknong")(
        receiving.receive,
        story.id("dk.khcn"),
        proposal=read(content),
        lines=content.splitlines(),
        received_on=story.today,
    )
