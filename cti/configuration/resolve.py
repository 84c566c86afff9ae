"""From what people write to what the rules read: defaults filled in, times in minutes, zones as tables."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from cti.configuration import dialling, number_zones, zones
from cti.configuration.written.agents import AgentWritten
from cti.configuration.written.entry_points import EntryPointWritten
from cti.configuration.written.flow import (
    CollectStepWritten,
    EnqueueStepWritten,
    FlowWritten,
    HoursStepWritten,
    LookUpStepWritten,
    MenuStepWritten,
    OptOutStepWritten,
    PlayStepWritten,
    StepWritten,
    VoicemailStepWritten,
)
from cti.configuration.written.hours import HoursWritten
from cti.configuration.written.prompt import PausePart, PlayPart, SayPart
from cti.configuration.written.queues import QueueWritten
from cti.configuration.written.site import SiteWritten
from cti.core.calling import CallingConfig
from cti.core.config import (
    AgentConfig,
    AnyStep,
    CollectStep,
    EnqueueStep,
    EntryPoint,
    Flow,
    HangUpStep,
    HoursConfig,
    HoursStep,
    LookUpStep,
    Membership,
    MenuStep,
    OptOutStep,
    PlayStep,
    Prompt,
    QueueConfig,
    SiteConfig,
    SkillRequirement,
    SupervisorConfig,
    VoicemailStep,
)
from cti.core.plan import Pause, Play, Say


class WrittenTree(msgspec.Struct, frozen=True):
    """Every file, as models that hold no mistake."""

    site: SiteWritten
    hours: Mapping[str, HoursWritten]
    queues: Mapping[str, QueueWritten]
    agents: Mapping[str, AgentWritten]
    entry_points: Mapping[str, EntryPointWritten]
    flows: Mapping[str, FlowWritten]


def resolve(tree: WrittenTree, calling: CallingConfig) -> SiteConfig:
    """The site as the rules read it."""
    site = tree.site
    apology, hold_music = heard(site)
    hours = {hours_id: _hours(hours_id, written, site) for hours_id, written in tree.hours.items()}
    zone_names = {site.zone, *(entry.zone for entry in hours.values()), *number_zones.zones_for(calling)}
    return SiteConfig(
        name=site.name,
        zone=site.zone,
        language=site.language,
        zones={name: zones.table(name) for name in sorted(zone_names)},
        hours=hours,
        queues={queue_id: _queue(queue_id, written, site) for queue_id, written in tree.queues.items()},
        agents={agent_id: _agent(agent_id, written) for agent_id, written in tree.agents.items()},
        entry_points={
            number: EntryPoint(number=number, flow_id=written.flow, name=written.name or "")
            for number, written in tree.entry_points.items()
        },
        flows={flow_id: _flow(flow_id, written, site) for flow_id, written in tree.flows.items()}
        | dialling.messages(calling, site.language),
        not_ready_reasons=tuple(site.not_ready_reasons),
        apology=apology,
        unknown_number=_prompt(site.unknown_number, site.language),
        hold_music=hold_music,
        caller_id=site.caller_id or "",
        dial_prefixes=tuple(sorted(site.dial_prefixes)),
        dial_denied=tuple(sorted(site.dial_denied)),
        dial_countries=tuple(sorted(site.dial_countries)),
        dials_per_agent_hour=site.dials_per_agent_hour,
        dials_per_hour=site.dials_per_hour,
        currency=site.currency or "",
        dial_prices=dict(sorted(site.dial_prices.items())),
        spend_per_agent_hour=site.spend_per_agent_hour,
        spend_per_agent_day=site.spend_per_agent_day,
        spend_per_hour=site.spend_per_hour,
        spend_per_day=site.spend_per_day,
        calls_per_second=site.calls_per_second,
        supervisors={
            supervisor_id: SupervisorConfig(
                supervisor_id=supervisor_id,
                name=written.name,
                endpoint=written.endpoint or f"client:{supervisor_id}",
            )
            for supervisor_id, written in site.supervisors.items()
        },
        speed_dials=dict(sorted(site.speed_dials.items())),
        pop_template=site.pop_template or "",
        zone_data=zones.data_version(),
        calling=calling,
    )


def heard(site: SiteWritten) -> tuple[Prompt, Prompt]:
    """The apology and the music, which are heard where no rule can be asked as well."""
    return _prompt(site.apology, site.language), _prompt(site.hold_music, site.language)


def _prompt(parts: list[SayPart | PlayPart | PausePart] | None, language: str) -> Prompt:
    return tuple(_part(part, language) for part in parts or ())


def _part(part: SayPart | PlayPart | PausePart, language: str) -> Say | Play | Pause:
    match part:
        case SayPart():
            return Say(text=part.say, language=part.language or language)
        case PlayPart():
            return Play(audio=part.play, loop=part.loop)
        case PausePart():
            return Pause(seconds=part.pause)


def _hours(hours_id: str, written: HoursWritten, site: SiteWritten) -> HoursConfig:
    return HoursConfig(
        hours_id=hours_id,
        zone=written.zone or site.zone,
        spans=written.open,
        holidays=tuple(sorted(written.holidays)),
    )


_RECORDINGS: dict[str, Literal["never", "on_request", "always"]] = {
    "never": "never",
    "on_request": "on_request",
    "always": "always",
}


def _queue(queue_id: str, written: QueueWritten, site: SiteWritten) -> QueueConfig:
    language = written.language or site.language
    music = site.hold_music if written.music is None else written.music
    queue = QueueConfig(
        queue_id=queue_id,
        name=written.name,
        priority=written.priority,
        contacts_max=written.contacts_max,
        ring_s=written.ring_s,
        wrap_up_s=written.wrap_up_s,
        music=_prompt(music, language),
        announce_position=written.announce_position,
        language=language,
        dispositions=tuple(written.dispositions),
        disposition_kinds=dict(sorted(written.disposition_kinds.items())),
        whisper=_prompt(written.whisper, language),
        recording=_RECORDINGS[written.recording],
        recording_notice=_prompt(written.recording_notice, language),
        takes_itself=written.takes_itself,
    )
    if written.announcement is None:
        return queue
    return msgspec.structs.replace(queue, announcement=written.announcement)


def _agent(agent_id: str, written: AgentWritten) -> AgentConfig:
    ranks: dict[str, int] = {}
    for item in written.queues:
        ranks |= item if isinstance(item, dict) else {item: 1}
    endpoint = written.endpoint or f"client:{agent_id}"
    rings = not endpoint.startswith("client:") and not written.nailed_up
    return AgentConfig(
        agent_id=agent_id,
        name=written.name,
        endpoint=endpoint,
        nailed_up=written.nailed_up,
        desk=not rings if written.desk is None else written.desk,
        memberships=tuple(Membership(queue_id=queue_id, rank=rank) for queue_id, rank in ranks.items()),
        skills=dict(written.skills),
    )


def _flow(flow_id: str, written: FlowWritten, site: SiteWritten) -> Flow:
    language = written.language or site.language
    steps = {step_id: _step(step, language) for step_id, step in written.steps.items()}
    return Flow(flow_id=flow_id, start=written.start, steps=steps)


def _step(step: StepWritten, language: str) -> AnyStep:
    match step:
        case PlayStepWritten():
            return PlayStep(prompt=_prompt(step.play, language), next=step.next)
        case MenuStepWritten():
            return MenuStep(
                prompt=_prompt(step.menu, language),
                choices=dict(step.choices),
                otherwise=step.otherwise,
                invalid=_prompt(step.invalid, language),
                tries=step.tries,
                timeout_s=step.timeout_s,
            )
        case CollectStepWritten():
            return CollectStep(
                prompt=_prompt(step.collect, language),
                into=step.into,
                digits_min=step.digits[0],
                digits_max=step.digits[1],
                next=step.next,
                otherwise=step.otherwise,
                invalid=_prompt(step.invalid, language),
                finish_on_key=step.finish_on_key,
                tries=step.tries,
                timeout_s=step.timeout_s,
                secret=step.secret,
            )
        case HoursStepWritten():
            return HoursStep(hours_id=step.hours, open=step.open, closed=step.closed)
        case LookUpStepWritten():
            return LookUpStep(known=step.known, unknown=step.unknown, wait_s=step.look_up)
        case EnqueueStepWritten():
            skills = [SkillRequirement(skill=skill, level=level) for skill, level in step.skills.items()]
            return EnqueueStep(
                queue_id=step.enqueue, full=step.full, priority=step.priority, skills=tuple(sorted(skills))
            )
        case VoicemailStepWritten():
            return VoicemailStep(
                prompt=_prompt(step.voicemail, language),
                next=step.next,
                seconds_max=step.seconds_max,
                silence_s=step.silence_s,
                finish_on_key=step.finish_on_key,
            )
        case OptOutStepWritten():
            return OptOutStep(next=step.next, whose=step.opt_out)
        case _:
            return HangUpStep(prompt=_prompt(step.hang_up, language))
