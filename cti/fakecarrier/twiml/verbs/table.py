"""Which function performs which verb."""

from cti.fakecarrier.twiml.stage import Performer
from cti.fakecarrier.twiml.verbs.dial import dial
from cti.fakecarrier.twiml.verbs.enqueue import enqueue
from cti.fakecarrier.twiml.verbs.gather import gather
from cti.fakecarrier.twiml.verbs.hangup import hangup, reject
from cti.fakecarrier.twiml.verbs.leave import leave
from cti.fakecarrier.twiml.verbs.pause import pause
from cti.fakecarrier.twiml.verbs.play import play
from cti.fakecarrier.twiml.verbs.record import record
from cti.fakecarrier.twiml.verbs.redirect import redirect
from cti.fakecarrier.twiml.verbs.say import say
from cti.fakecarrier.twiml.verbs.start import start, stop

PERFORMERS: dict[str, Performer] = {
    "Say": say,
    "Play": play,
    "Pause": pause,
    "Gather": gather,
    "Dial": dial,
    "Record": record,
    "Start": start,
    "Stop": stop,
    "Enqueue": enqueue,
    "Leave": leave,
    "Redirect": redirect,
    "Hangup": hangup,
    "Reject": reject,
}
