"""What the carrier records: legs that it was told to, and messages after a beep."""

from cti.core.events import AnyEvent, RecordingEnded, RecordingPaused, RecordingResumed, RecordingStarted
from cti.core.states import RecordingAction
from cti.sim.ledger import Ledger
from cti.sim.line import Line
from cti.sim.nature import Nature
from cti.sim.network import Network


class Recording:
    """`runs`: what is said now is in it. Once `over` it can be fetched."""

    __slots__ = ("began_at", "over", "recording_id", "runs")

    def __init__(self, recording_id: str, began_at: int) -> None:
        self.recording_id = recording_id
        self.began_at = began_at
        self.runs = True
        self.over = False


class Message:
    """What somebody says after the beep."""

    __slots__ = ("began_at", "recording_id")

    def __init__(self, recording_id: str, began_at: int) -> None:
        self.recording_id = recording_id
        self.began_at = began_at


class Recordings:
    """Recordings of all lines."""

    def __init__(self, nature: Nature, ledger: Ledger, network: Network) -> None:
        self._nature = nature
        self._ledger = ledger
        self._network = network
        self._made = 0

    def act(self, line: Line, action: RecordingAction, recording_id: str) -> tuple[AnyEvent, ...] | None:
        """Do it, and say what is so now; None if there is nothing to do it to. What is on is not begun again."""
        running = next((each for each in line.recordings if not each.over), None)
        if action is RecordingAction.START:
            return (self._start(line, running),)
        if running is None or (recording_id and running.recording_id != recording_id):
            return () if action is RecordingAction.STOP else None
        if action is RecordingAction.STOP:
            self._stop(line, running)
            return ()
        running.runs = action is RecordingAction.RESUME
        self._note(line, running)
        kind = RecordingResumed if running.runs else RecordingPaused
        return (kind(leg_id=line.label, recording_id=running.recording_id),)

    def end(self, line: Line) -> None:
        """The line is over, and what was recorded of it."""
        for each in line.recordings:
            if not each.over:
                self._stop(line, each)

    def begin_message(self, line: Line) -> Message:
        """The beep."""
        return Message(self._new_id(), self._nature.now)

    def end_message(self, line: Line, message: Message) -> str:
        """Enough was said. What the door is told of it."""
        duration_s = self._seconds_since(message.began_at)
        self._report(line, message.recording_id, duration_s, "voicemail")
        return f"{message.recording_id}_{duration_s}"

    def _start(self, line: Line, running: Recording | None) -> RecordingStarted:
        if running is None:
            running = Recording(self._new_id(), self._nature.now)
            line.recordings.append(running)
        running.runs = True
        self._note(line, running)
        return RecordingStarted(leg_id=line.label, recording_id=running.recording_id)

    def _stop(self, line: Line, recording: Recording) -> None:
        recording.runs, recording.over = False, True
        self._note(line, recording)
        self._report(line, recording.recording_id, self._seconds_since(recording.began_at), "conversation")

    def _report(self, line: Line, recording_id: str, duration_s: int, kind: str) -> None:
        ended = RecordingEnded(leg_id=line.label, recording_id=recording_id, duration_s=duration_s, kind=kind)
        key = f"recording:{line.label}:{recording_id}:completed"
        self._nature.after(200, 5_000, lambda: self._network.report(ended, key))

    def _note(self, line: Line, recording: Recording) -> None:
        words = "runs" if recording.runs else "is over" if recording.over else "is paused"
        self._ledger.note("recording", line.ref, f"{recording.recording_id} {words}", label=line.label)

    def _new_id(self) -> str:
        self._made += 1
        return f"RE{self._made}"

    def _seconds_since(self, at: int) -> int:
        return (self._nature.now - at) // 1_000
