"""What can go wrong, in one tree.

CtiError
 +-- CoreError             a bug of ours, or an input the rules cannot take: the turn is rolled back
 |    +-- TurnOverflow     a turn derived more events than any turn may
 +-- JournalError
 |    +-- Fenced           another owner has the site: stop at once
 |    +-- JournalUnavailable   nothing can be recorded now; hold callers, dial nothing, probe
 |    |    +-- Overloaded  too much waits already: whoever asks has to come again
 |    +-- JournalMissing   there is none yet
 |    +-- CommitUnknown    the commit may or may not have happened: forget memory, start from the journal
 |    +-- JournalDamaged   a record does not verify
 +-- SettingsError         the environment is wrong; all mistakes at once
 +-- ConfigError           the configuration is wrong; all mistakes at once
 +-- AudioMissing          a recording has no sound, or not yet
 +-- AudioBusy             too many recordings are being heard already
 +-- AudioUnavailable      it cannot be had now
"""

import re

_NUMBERS = re.compile(r"[0-9]{5,}")


def reason_of(error: Exception) -> str:
    """An error in words that may be kept for ever: what looks like somebody's number is left out."""
    return _NUMBERS.sub("...", f"{type(error).__name__}: {error}")


class CtiError(Exception):
    """Root of every error of ours."""


class CoreError(CtiError):
    """The rules met something they cannot take."""


class TurnOverflow(CoreError):
    """A turn derived more events than any turn may."""


class JournalError(CtiError):
    """Root of the journal's errors."""


class Fenced(JournalError):
    """Another owner has the site, or the sequence number is taken."""


class JournalUnavailable(JournalError):
    """Nothing can be recorded at the moment, and surely nothing was."""


class Overloaded(JournalUnavailable):
    """More of this rank waits already than can be decided in time; nothing was recorded. Ask again, later each time."""


class JournalMissing(JournalError):
    """There is no journal: its tables are not there."""


class CommitUnknown(JournalError):
    """The commit may or may not have happened."""


class JournalDamaged(JournalError):
    """A record does not verify, or is missing."""


class SettingsError(CtiError):
    """The environment is wrong."""


class ConfigError(CtiError):
    """The configuration is wrong."""


class AudioMissing(CtiError):
    """There is no sound of a recording, or not yet."""


class AudioUnavailable(CtiError):
    """The sound of a recording cannot be had now, or not from there."""


class AudioBusy(CtiError):
    """As many recordings are listened to as may be at once."""
