"""The journal in sentences: one for each kind of event and command, without anybody's personal data.

A field stands in braces. A part in brackets is left out where one of its fields is empty. `words` says how values read.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from cti.core.base import Message
from cti.core.commands import CoachLeg, KeepCall
from cti.core.events import (
    CampaignTuned,
    CampaignTuneRequested,
    DeadlinesReached,
    DetectionJudged,
    LegChecked,
    LegPlanned,
    LiveAnswerCounted,
    MuteRequested,
    OfferMade,
    RecordingsChecked,
    RequestAccepted,
    RequestRefused,
)
from cti.core.tuning import in_words

TIMES = frozenset(
    "ack_by expires_at connect_by bridge_by hold_by ends_at check_at look_at until at not_before next_allowed_at "
    "hour_began_at again_at frees_at absent_at next_at "
    "claim_by give_up_at leaves_at late_until".split()
)

SITE = {
    "ServerStarted": "a worker took over (owner number {epoch}, rules {logic})",
    "ConfigApplied": "configuration {config_hash} is in force",
    "ConfigDiffers": "the files hold another configuration ({config_hash}); nothing was applied",
    "TokenIssued": "{subject} was given a token for scope {scope}",
    "TokenRevoked": "a token was made worthless",
    "DeadlinesReached": "time was up for {due}",
    "InputRejected": "the rules failed on {input_type}, and nothing of it happened: {reason}",
    "RelookPromised": "[who waits is looked at again at {at}]",
    "QueueConfigRequested": "{by} asked to change queue {queue_id}",
    "QueueConfigChanged": "queue {queue_id} has settings number {version}",
}

CONTACTS = {
    "ContactStarted": "contact {contact_id} began: {direction}, number {to_number}[, flow {flow_id}]",
    "StepEntered": "{contact_id} is at step {step_id}[, after {tries} wrong or silent answers]",
    "AttributeSet": "{contact_id} gave its {name}",
    "FlowEnded": "{contact_id} reached the end of its flow at step {step_id}",
    "QueueRequested": "{contact_id} asked for a place in queue {queue_id}",
    "ContactQueued": "{contact_id} waits in queue {queue_id}, priority {priority}[, needs {skills}]",
    "QueueRefused": "queue {queue_id} did not take {contact_id}: {reason}",
    "PositionAsked": "{contact_id} asked for its place in line",
    "PositionTold": "{contact_id} was told that it is number {position} in line",
    "OfferMade": "{contact_id} was offered to {agent_id} after waiting {waited_ms}: {why}",
    "OfferTaken": "{agent_id} would come into {contact_id} once the customer is on hold, and waits until {hold_by}",
    "OfferAlerting": "{agent_id}'s desktop rings for {contact_id}, until {expires_at}",
    "OfferAccepted": "{agent_id} accepted {contact_id}; the agent's telephone is rung",
    "OfferDeclined": "{agent_id} rejected {contact_id}[: {reason}]",
    "OfferExpired": "{agent_id} did not answer the offer of {contact_id} in time",
    "OfferWithdrawn": "the offer of {contact_id} to {agent_id} was withdrawn: {reason}",
    "BridgeRequested": "{agent_id} is in the room; {contact_id} is sent there, and should be by {bridge_by}",
    "BridgeOverdue": "nobody has reported {contact_id} in the room; the carrier is asked until {bridge_by}",
    "ContactConnected": "{contact_id} talks with {agent_id}, after waiting {waited_ms}",
    "ContactRequeued": "{contact_id} is back in queue {queue_id} at its old place: {reason}",
    "ContactAbandoned": "{contact_id} hung up in the {place}[ {queue_id}][ after waiting {waited_ms}]",
    "ContactEnded": "{contact_id} is over: {cause}[, talked {talk_ms} with {agent_ids}]",
    "CauseCorrected": "{contact_id} was over otherwise than it seemed: {cause}",
    "DispositionRecorded": "{agent_id} recorded what became of {contact_id}: {disposition}",
    "ContactClosed": "{contact_id} is closed: {outcome}[, disposition {disposition}]",
    "CustomerLookUpRequested": "who is calling is looked up for {contact_id}",
    "LookUpAwaited": "the flow of {contact_id} waits for the look-up, until {until} at most",
    "CustomersFound": "customers found for {contact_id}: {count}[; the look-up failed: {error}]",
    "ScreenPopped": "{agent_id} was shown who is calling ({contact_id})",
    "ScreenPopUpdated": "{agent_id} was shown more of who is calling ({contact_id})",
    "ContactQuarantined": "the rules failed on {contact_id}; it hears an apology, nobody else noticed: {reason}",
    "CallbackScheduled": "{contact_id} is called back by queue {queue_id}, not before {not_before}",
    "CallbackDue": "the time to call {contact_id} back has come",
}

LEGS = {
    "CallArrived": "a call came in",
    "PlanRequested": "the carrier asked what leg {leg_id} does next (it was at: {door})[, {result}]",
    "ReplyOverdue": "leg {leg_id} is given something to hear while the answer takes its time",
    "LegStarted": "leg {leg_id} began: {role}[ {agent_id}][ of {contact_id}]",
    "LegPlanned": "leg {leg_id} is told: {verbs}",
    "LegPlaced": "the carrier rings leg {leg_id}",
    "LegRefused": "the carrier refused to ring leg {leg_id}: {code}",
    "LegAlerting": "leg {leg_id} rings",
    "LegAnswered": "leg {leg_id} was answered",
    "LegEnded": "leg {leg_id} is over: {cause}",
    "LegChecked": "the carrier was asked about leg {leg_id}: {is_alive}[, in room {call_id}]",
    "LegWatched": "leg {leg_id} was looked at; the next look is at {check_at}",
    "LegHeld": "leg {leg_id} is on hold",
    "LegRetrieved": "leg {leg_id} is off hold",
    "LegMuted": "leg {leg_id} was muted or unmuted",
    "LegDiverted": "leg {leg_id} was diverted",
    "CallStarted": "room {call_id} was set apart[ for {contact_id}][ for {agent_id}]",
    "CallJoined": "leg {leg_id} came into room {call_id}",
    "CallLeft": "leg {leg_id} left room {call_id}: {cause}",
    "LegsBridged": "{contact_id} and {agent_id} hear each other",
    "LegsParted": "{contact_id} and its agent no longer hear each other",
    "CallEnded": "room {call_id} is over",
    "ReleaseRequested": "leg {leg_id} is to be hung up",
    "CommandFailed": "what was asked for leg {leg_id} did not work: {code}",
    "LegCameAgain": "leg {leg_id} was out of its room, and is back",
    "ReportIgnored": "a report came too late to matter ({about}): {reason}",
}

CONVERSATIONS = {
    "HoldRequested": "{agent_id} asked to hold {contact_id}[, party {party_id}]",
    "RetrieveRequested": "{agent_id} asked to take {contact_id} off hold[, party {party_id}]",
    "MuteRequested": "{agent_id} asked to be {is_muted} in {contact_id}",
    "DigitsRequested": "{agent_id} pressed keys for {contact_id}[, party {party_id}]",
    "TransferRequested": "{agent_id} asked to transfer {contact_id} ({kind})",
    "ContactTransferred": "{from_agent_id} gave {contact_id} away ({kind})[, to {to_agent_id}][, to queue {queue_id}]"
    "[, to party {party_id}]",
    "ContactForwarded": "{from_agent_id} sent {contact_id} on to an outside number ({dial_id})",
    "ConsultRequested": "{agent_id} asked for somebody to consult about {contact_id}",
    "ConsultEndRequested": "{agent_id} asked to go on with {contact_id} without party {party_id}",
    "ConsultStarted": "{agent_id} asks party {party_id} into {contact_id}[: {with_agent_id}]",
    "ConsultAnswered": "party {party_id} of {contact_id} is in the room[: {with_agent_id}]",
    "ConsultEnded": "party {party_id} of {contact_id} is out: {reason}",
    "ConferenceRequested": "{agent_id} asked that all of {contact_id} hear each other",
    "ConferenceStarted": "in {contact_id} all hear each other[: {agent_ids}]",
    "TalkChanged": "those who talk in {contact_id} see it as it is now[: {agent_ids}]",
    "RecordingRequested": "[{agent_id} asked: ]{action} the recording of {contact_id}",
    "RecordingAsked": "{contact_id} shall be recorded, on leg {leg_id}",
    "RecordingFailed": "leg {leg_id} is not recorded: {reason}",
    "RecordingNoticeGiven": "{contact_id} is told that conversations may be recorded",
    "RecordingStarted": "leg {leg_id} is recorded as {recording_id}",
    "RecordingPaused": "recording {recording_id} pauses",
    "RecordingResumed": "recording {recording_id} goes on",
    "RecordingEnded": "recording {recording_id} is over, {duration_s} s",
    "RecordingsChecked": "the carrier was asked which recordings of leg {leg_id} it has[, and {refused}]",
    "RecordingsWatched": "the recordings of leg {leg_id} are looked at again at {check_at}",
    "RecordingsSettled": "nothing more is expected of the recordings of {contact_id}[; lost: {lost}]",
    "RecordingOpened": "{supervisor_id} listens to recording {recording_id} of {contact_id}",
    "MessageAwaited": "{contact_id} hung up on a message; until {until} at most it is waited for",
    "VoicemailLeft": "{contact_id} left a message, {recording_id}, {duration_s} s",
    "SupervisionRequested": "{supervisor_id} asked to hear {contact_id} ({mode})",
    "SupervisionEndRequested": "{supervisor_id} asked to leave {contact_id}",
    "SupervisionStarted": "{supervisor_id} is rung to hear {contact_id} ({mode})",
    "SupervisionChanged": "{supervisor_id} hears {contact_id} in another way now ({mode})",
    "SupervisionEnded": "{supervisor_id} no longer hears {contact_id}",
    "StateForced": "{supervisor_id} put {agent_id} into the state {state}[: {reason}]",
}

AGENTS = {
    "DesktopConnected": "{agent_id}'s desktop connected",
    "DesktopDisconnected": "{agent_id}'s desktop disconnected",
    "SignInRequested": "{agent_id} asked to sign in",
    "SignOutRequested": "{agent_id} asked to sign out",
    "ReadyRequested": "{agent_id} asked to be ready",
    "NotReadyRequested": "{agent_id} asked to be not ready: {reason}",
    "OfferAcknowledged": "{agent_id}'s desktop shows the offer",
    "AcceptRequested": "{agent_id} pressed accept",
    "DeclineRequested": "{agent_id} pressed reject[: {reason}]",
    "HangUpRequested": "{agent_id} pressed hang up for {contact_id}",
    "DispositionGiven": "{agent_id} chose {disposition} for {contact_id}",
    "WrapUpEndRequested": "{agent_id} asked to end the wrap-up of {contact_id}",
    "ProbeAnswered": "{agent_id}'s desktop answered: it works",
    "AgentSignedIn": "{agent_id} signed in",
    "AgentSignedOut": "{agent_id} signed out[: {reason}]",
    "AgentReady": "{agent_id} is ready",
    "AgentNotReady": "{agent_id} is not ready: {reason}",
    "AgentAbsent": "{agent_id} is absent: no desktop came back in time",
    "AbsencePutOff": "{agent_id} has no desktop, but by our own outage: the talk goes on, until {absent_at} at least",
    "AgentReturned": "{agent_id} is back",
    "DeviceSuspected": "{agent_id}'s desktop does not react; nothing is offered until it does",
    "DeviceProven": "{agent_id}'s desktop reacts again",
    "WrapUpStarted": "{agent_id} wraps {contact_id} up, until {ends_at}",
    "WrapUpEnded": "{agent_id}'s wrap-up of {contact_id} is over: {reason}[, but for a word until {late_until}]",
    "DispositionLapsed": "{agent_id} has nothing more to say of {contact_id}",
    "AssignmentReleased": "{agent_id} is free of {contact_id}",
    "AgentLegNailedUp": "{agent_id}'s telephone stays connected, in room {call_id}",
    "AgentLegGone": "{agent_id}'s leg {leg_id} is gone",
    "AgentLegLost": "{agent_id}'s leg {leg_id} was lost[; it is rung again at {again_at}]",
    "AgentLineWatched": "{agent_id}'s line was looked at; the next look is at {look_at}",
    "LeavePutOff": "{agent_id} is kept for calls in the air, and then goes ({reason}), by {leaves_at}",
    "RequestRefused": "{who} was told no: {detail}",
    "RequestAccepted": "{who} was told that it is done",
}

OUTBOUND = {
    "DialRequested": "a number is to be rung: {purpose}[, for {contact_id}]",
    "DialCleared": "{dial_id} may be rung, by rules {rules_version}",
    "DialQueued": "{dial_id} waits for its turn, or first for what is to be known of the number",
    "DialWithdrawn": "{dial_id} is not wanted any more, and was never rung",
    "DialRefused": "{dial_id} may not be rung: {rule}, {detail}",
    "DialsStopped": "alarm: {dials} outside numbers since {hour_began_at}[, {rule}]; none is rung until a supervisor "
    "says so",
    "SpendCommitted": "a minute of dial {dial_id} is counted as spent[ by {agent_id}]",
    "SpendRunning": "dial of {key} was answered: its minutes are counted",
    "SpendMinuteBegan": "another minute of {key} is counted as spent",
    "SpendEnded": "{key} costs nothing more",
    "SpendCapReached": "alarm: [{agent_id} ]reached the cap {rule}, which frees at {frees_at}",
    "DialsResumeRequested": "{supervisor_id} asked that outside numbers be rung again",
    "DialsResumed": "outside numbers may be rung again, says {supervisor_id}",
    "LeadsClaimed": "campaign {campaign_id} took leads to call[; that failed: {error}]",
    "LeadsReleased": "campaign {campaign_id} gave back leads that it does not call now",
    "LeadScheduled": "campaign {campaign_id} goes on with lead {lead_id}: {status}[ at {next_at}]",
    "LeadPosted": "[{by} put ]somebody on the list {list_id}",
    "LeadsImported": "[{by}: ]{imported} leads more on the list {list_id}, {updated} changed, {rejected} rows rejected",
    "LeadsChanged": "leads of {list_ids} are otherwise from now on[: {lead_id}]",
    "LeadsRevived": "whom the rules refused on the list {list_id} is asked again[ by {campaign_id}][, says {by}]",
    "LeadsRemoved": "leads are taken off the list {list_id}[: {lead_id}][, says {by}]",
    "PacingComputed": "campaign {campaign_id} places {calls_now} calls now, by {method}",
    "AttemptStarted": "campaign {campaign_id} calls lead {lead_id}",
    "AttemptUnwanted": "whom attempt {attempt_id} calls is not to be called, since entry {entry_id}[: it rings until "
    "{ring_by} at most]",
    "NextLeadRequested": "{agent_id} asked for somebody to call[, of campaign {campaign_id}]",
    "LeadDialRequested": "{agent_id} asked to call the lead that is shown ({contact_id})",
    "LeadSkipRequested": "{agent_id} asked to pass the lead over ({contact_id})[: {reason}]",
    "LeadSkipped": "{agent_id} was shown a lead of campaign {campaign_id} and called nobody ({contact_id})[: {reason}]",
    "NumberDialRequested": "{agent_id} asked to call a number[ known as {speed}][, for campaign {campaign_id}]",
    "DialProgressed": "the call that {agent_id} waits for ({contact_id}): {stage}",
    "PreviewsPutOff": "[nobody of campaign {campaign_id} can be shown now; that is looked at again at {look_at}]",
    "CallbackAsked": "{agent_id} promised to call again ({contact_id})[ at {callback_local} there]",
    "CallbackPromised": "who was called ({contact_id}) is called again at {callback_at}[ by {callback_for}]",
    "CallbackSought": "the call that lead {lead_id} was promised by campaign {campaign_id} is due",
    "CallbackFreed": "anybody may make the call that lead {lead_id} was promised by campaign {campaign_id}",
    "LeadNumberWrong": "a number of lead {lead_id} is somebody else's, and is not rung again",
    "AttemptConnected": "who was called in attempt {attempt_id} talks with an agent",
    "AttemptAnswered": "attempt {attempt_id} was answered",
    "AttemptClassified": "attempt {attempt_id} met: {outcome}",
    "AttemptAbandoned": "attempt {attempt_id} was answered, and no agent was free in time",
    "AttemptRefused": "who was talked with in {attempt_id} refused what it was for",
    "RefusalReported": "[{by} said ]that somebody refused what campaign {campaign_id} calls for",
    "RefusalRecorded": "a refusal counts for campaign {campaign_id} from now on, as {attempt_id}",
    "RefusalRefused": "the refusal was not recorded: {detail}",
    "AttemptEnded": "attempt {attempt_id} is over: {outcome}",
}

CAMPAIGNS = {
    "CampaignControlRequested": "[{by} asked: ]{action} campaign {campaign_id}",
    "CampaignStatusChanged": "campaign {campaign_id} is {status} now[, says {by}][: {reason}]",
    "CampaignTuneRequested": "[{by} asked ]that campaign {campaign_id} be tuned: {what}",
    "CampaignTuned": "campaign {campaign_id} is tuned now: {how}[, says {by}][: {reason}]",
    "CampaignControlRefused": "campaign {campaign_id} stays as it was: {detail}",
    "LeadsAsked": "campaign {campaign_id} asks for leads, until {claim_by}",
    "LeadTaken": "the turn of {lead_key} has come, by leg {leg_id}",
    "LeadReturned": "leg {leg_id} was never placed: {reason}",
    "PoolBegun": "the campaigns of {pool_id} are paced for the first time: {agents} agents",
    "LinesPaced": "{begun} of {wanted} lines of {pool_id} are begun, {exposure} could find nobody[; then: {reason}]",
    "LineSurplus": "nobody is left for leg {leg_id}: it is given up at {give_up_at}",
    "GreetingEnded": "whoever answered leg {leg_id} has said hello, {ago_ms} ago",
    "AnswerAwaited": "somebody answered in attempt {attempt_id}; an agent must be there by {connect_by}",
    "MessageBegun": "who answered in attempt {attempt_id} hears the flow {flow_id}",
    "DetectionJudged": "attempt {attempt_id} was {taken} a machine's[, and an agent heard a {heard}]",
    "LiveAnswerCounted": "the ledgers count attempt {attempt_id}: {fate}",
}

CALLING = {
    "SuppressionRequested": "[{by} asked ]that somebody not be called any more: {scope}[ of campaign {campaign_id}]"
    "[ of {seller}], by {origin}",
    "SuppressionRemovalRequested": "[{by} asked ]that somebody may be called again: {scope}"
    "[ of campaign {campaign_id}][ of {seller}]",
    "SuppressionAdded": "entry {entry_id} holds from now on: {scope}[ of campaign {campaign_id}][ of {seller}]",
    "SuppressionKept": "it was there already: entry {entry_id}",
    "SuppressionRemoved": "entry {entry_id} holds no longer[, says {by}]",
    "SuppressionRefused": "the lists stay as they are: {detail}",
    "SuppressionFound": "our own lists were looked into[; that failed: {error}]",
    "RegistrySwitchRequested": "[{by} asked ]to look into version {version} of {registry_id}, with {count} numbers"
    "[, from the account {account}]",
    "RegistrySwitched": "version {version} of {registry_id} is in force, with {count} numbers[, {confirmed_by} agreed]",
    "RegistrySwitchHeld": "version {version} of {registry_id} waits for a second operator: {reason}",
    "RegistrySwitchConfirmed": "[{by} confirmed ]version {version} of {registry_id}[, from the account {account}]",
    "RegistrySwitchRefused": "{registry_id} stays as it is: {detail}",
    "CallFactsAsked": "what is known of the number of {dial_id} is asked anew: {reason}",
    "CallFactsGathered": "what is known of the number of {dial_id} was found out[; that failed: {missing}]",
}

COMMANDS = {
    "Originate": "the carrier is asked to ring leg {leg_id}[ into room {call_id}], for {timeout_s} s",
    "RedirectLeg": "the carrier is asked to give leg {leg_id} a new plan",
    "HangUpLeg": "the carrier is asked to hang up leg {leg_id}",
    "HoldLeg": "the carrier is asked to hold or retrieve leg {leg_id}",
    "MuteLeg": "the carrier is asked to mute or unmute leg {leg_id}",
    "KeepCall": "the carrier is asked that room {call_id} shall {shall} when leg {leg_id} leaves it",
    "SendDigits": "the carrier is asked to play keys to leg {leg_id}",
    "CoachLeg": "the carrier is asked that leg {leg_id} be heard by {hearers}",
    "RecordLeg": "the carrier is asked to {action} the recording of leg {leg_id}",
    "CheckRecordings": "the carrier is asked which recordings of leg {leg_id} it has",
    "EndCall": "the carrier is asked to end room {call_id}",
    "CheckLeg": "the carrier is asked about leg {leg_id}",
    "LookUpCustomer": "the directory is asked who is calling ({contact_id})",
    "GatherCallFacts": "the store is asked what is known of the number of {dial_id}",
    "FindSuppression": "the store is asked for entries of our own lists",
    "ClaimLeads": "leads are asked for campaign {campaign_id}",
}

SENTENCES = SITE | CONTACTS | CONVERSATIONS | LEGS | AGENTS | OUTBOUND | CAMPAIGNS | CALLING | COMMANDS

RULES = {
    "passed": "passed over a moment ago",
    "order": "later in the order",
    "skills": "without the skills",
}
"""Why others were not offered a contact; what is not here is the state they were in."""


def sentence(message: Message) -> str:
    """What happened, or what the world is asked for; empty for what says nothing by itself."""
    name = type(message).__name__
    values = {field: words(field, getattr(message, field)) for field in message.__struct_fields__}
    values = {field: "" if field in message.personal else value for field, value in values.items()}
    template = SENTENCES[name]
    if values.get("leg_id") == "":  # the carrier named it by a reference of its own
        template = template.replace("leg {leg_id}", "a leg")
    return fill(template, values | _more(message))


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with its fields filled in, and its brackets kept or left out."""

    def optional(part: re.Match[str]) -> str:
        fields = re.findall(r"{(\w+)}", part.group(1))
        return part.group(1) if all(values[field] for field in fields) else ""

    return re.sub(r"\[([^\]]*)\]", optional, template).format_map(values)


def words(field: str, value: Any) -> str:
    """A value as people read it: times of day in the local zone, spans in seconds. Empty for what is nothing."""
    if isinstance(value, Enum):
        return str(value.value).lower().replace("_", " ")
    if field in TIMES:
        return f"{datetime.fromtimestamp(value / 1_000).astimezone():%H:%M:%S}" if value > 0 else ""
    if field.endswith("_ms"):
        return f"{value / 1_000:.1f} s"
    if field.endswith("hash"):
        return str(value)[:12]
    if field == "skills":
        return ", ".join(f"{need.skill} {need.level}" for need in value)
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    if field == "outcome":
        return str(value).replace("_", " ")
    if field in ("about", "input_type"):
        return re.sub(r"(?<!^)(?=[A-Z])", " ", value).lower()
    return "" if field == "tries" and value == 0 else str(value)


def _more(message: Message) -> dict[str, str]:
    """What a sentence says beyond its fields."""
    if isinstance(message, OfferMade):
        return {"why": _why(message)}
    if isinstance(message, LegPlanned):
        kinds = [type(verb).__name__ for verb in message.plan.verbs]
        return {"verbs": ", ".join(re.sub(r"(?<!^)(?=[A-Z])", " ", kind).lower() for kind in kinds)}
    if isinstance(message, DeadlinesReached):
        return {"due": ", ".join(f"{due.kind.replace('_', ' ')} {due.key}".strip() for due in message.due)}
    if isinstance(message, LegChecked):
        return {"is_alive": "it lives" if message.alive else "it is gone"}
    if isinstance(message, MuteRequested):
        return {"is_muted": "muted" if message.muted else "heard again"}
    if isinstance(message, RecordingsChecked):
        return {"refused": "does not say" if message.refused else ""}
    if isinstance(message, RequestRefused | RequestAccepted):
        return {"who": message.agent_id or message.supervisor_id}
    if isinstance(message, LiveAnswerCounted):
        return {"fate": "nobody was there in time" if message.abandoned else "a person, who talks with somebody"}
    if isinstance(message, DetectionJudged):
        return {"taken": "taken for" if message.machine else "not taken for"}
    if isinstance(message, CampaignTuneRequested):
        values = [f"{key} {in_words(key, value)}" for key, value in message.values]
        return {"what": ", ".join([*values, *(f"{key} as in its file" for key in message.back)]) or "nothing"}
    if isinstance(message, CampaignTuned):
        settings = [f"{each.key} {in_words(each.key, each.value)}" for each in message.settings]
        return {"how": ", ".join(settings) or "all as in its file"}
    if isinstance(message, KeepCall):
        return {"shall": "end" if message.ends_call else "go on"}
    if isinstance(message, CoachLeg):
        return {"hearers": "one leg only" if message.coaches else "nobody" if message.muted else "all"}
    return {}


def _why(offer: OfferMade) -> str:
    """Why this agent: how long idle, and what kept the others away."""
    others = []
    for kept in offer.exclusions:
        who = f" ({', '.join(kept.nearest)})" if kept.nearest else ""
        others.append(f"{kept.agents} {RULES.get(kept.rule, kept.rule.replace('_', ' '))}{who}")
    why = f"free for {offer.idle_ms / 1_000:.0f} s, first of {offer.candidates}"
    return f"{why}; others: {', '.join(others)}" if others else why
