"""The grammar of documents: which verbs and nouns there are, with which attributes and children."""

from typing import NamedTuple


class Rule(NamedTuple):
    """What an element may carry; `any_child` is for speech mark-up, which is only counted."""

    attributes: frozenset[str]
    children: frozenset[str] = frozenset()
    any_child: bool = False


def _rule(attributes: str, children: str = "", *, any_child: bool = False) -> Rule:
    return Rule(frozenset(attributes.split()), frozenset(children.split()), any_child)


_CALLBACK = "statusCallback statusCallbackEvent statusCallbackMethod"
_AMD = (
    "machineDetection amdStatusCallback amdStatusCallbackMethod machineDetectionTimeout machineDetectionSpeechThreshold"
    " machineDetectionSpeechEndThreshold machineDetectionSilenceTimeout"
)
_RECORDING = (
    "recordingStatusCallback recordingStatusCallbackMethod recordingStatusCallbackEvent recordingConfigurationId"
)

VERBS: dict[str, Rule] = {
    "Say": _rule("voice loop language", any_child=True),
    "Play": _rule("loop digits"),
    "Pause": _rule("length"),
    "Gather": _rule(
        "input action method timeout speechTimeout maxSpeechTime profanityFilter finishOnKey numDigits"
        " partialResultCallback partialResultCallbackMethod language hints bargeIn debug actionOnEmptyResult"
        " speechModel enhanced",
        "Say Play Pause",
    ),
    "Dial": _rule(
        "action method timeout hangupOnStar timeLimit callerId record trim answerOnBridge ringTone recordingTrack"
        f" sequential referUrl referMethod events passports {_RECORDING}",
        "Number Client Conference Sip Queue",
    ),
    "Record": _rule(
        f"action method timeout finishOnKey maxLength playBeep trim transcribe transcribeCallback {_RECORDING}"
    ),
    "Start": _rule("action method", "Recording"),
    "Stop": _rule(""),
    "Enqueue": _rule("action maxQueueSize method waitUrl waitUrlMethod workflowSid"),
    "Leave": _rule(""),
    "Redirect": _rule("method"),
    "Hangup": _rule(""),
    "Reject": _rule("reason"),
}

NOUNS: dict[str, Rule] = {
    "Number": _rule(f"sendDigits url method byoc {_CALLBACK} {_AMD}"),
    "Client": _rule(f"url method {_CALLBACK}", "Identity Parameter"),
    "Conference": _rule(
        "muted beep startConferenceOnEnter endConferenceOnExit waitUrl waitMethod maxParticipants record region coach"
        f" trim eventCallbackUrl jitterBufferSize participantLabel {_CALLBACK} {_RECORDING}"
    ),
    "Sip": _rule(f"username password url method {_CALLBACK} {_AMD}"),
    "Queue": _rule("url method reservationSid postWorkActivitySid"),
    "Recording": _rule(f"trim track channels {_RECORDING}"),
    "Identity": _rule(""),
    "Parameter": _rule("name value"),
}

UNDONE = frozenset(
    "Connect Echo Pay Prompt Queue Refer Sms Sim Application WhatsApp Task Stream Siprec Transcription".split()
)
"""Verbs and nouns that the real carrier has and this one does not carry out: said loudly, so that nobody is fooled."""

RULES = VERBS | NOUNS
