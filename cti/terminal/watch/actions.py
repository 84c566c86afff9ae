"""What a supervisor can do now, by the row that is chosen."""

from collections.abc import Iterator

from cti.client import AgentRow, ContactRow, Wallboard
from cti.terminal.keys import Action


def actions_of(
    board: Wallboard, agent: AgentRow | None, contact: ContactRow | None, *, hearing: str, filtered: bool
) -> tuple[Action, ...]:
    """The keys. `agent` is there while an agent's row is chosen, `contact` while one has a contact; `hearing` is the
    contact that the supervisor hears."""
    return tuple(_actions(board, agent, contact, hearing=hearing, filtered=filtered))


def _actions(
    board: Wallboard, agent: AgentRow | None, contact: ContactRow | None, *, hearing: str, filtered: bool
) -> Iterator[Action]:
    if board.dials.stopped:
        yield Action("r", "resume outside calls", "resume")
    if agent and agent.state != "SIGNED_OUT":
        yield Action("f", "force a state", "force")
    if contact and contact.state == "CONNECTED" and hearing in ("", contact.contact_id):
        yield Action("l", "listen", "listen")
        yield Action("w", "whisper", "whisper")
        yield Action("b", "barge in", "barge")
    if hearing:
        yield Action("v", "leave the conversation", "stop_hearing")
    yield Action("tab", "next list", "next_list")
    yield Action("slash", "filter", "filter")
    if filtered:
        yield Action("escape", "show all", "show_all")
    yield Action("q", "leave", "leave")


def hearing_of(board: Wallboard, supervisor_id: str) -> str:
    """The contact that the supervisor hears, or whose conversation their phone rings for."""
    for contact in board.contacts.values():
        if any(each.supervisor_id == supervisor_id for each in contact.supervisions):
            return contact.contact_id
    return ""
