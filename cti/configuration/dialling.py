"""How a campaign dials, as the dialer reads it; and the flow that those hear whom nobody talks to in time."""

from cti.configuration.written.dialling import OUTCOMES, DiallingWritten
from cti.core.calling import CallingConfig
from cti.core.campaign_config import Answering, CampaignDialling, Pacing, Retry
from cti.core.config import AnyStep, Flow, HangUpStep, MenuStep, OptOutStep
from cti.core.leads import ClaimSpec, LeadOrder, Segment
from cti.core.plan import Say

SORRY = "called-"
"""What the flows are called that no file has: no file of flows can be called so."""


KEY = "9"


def resolve(campaign_id: str, written: DiallingWritten) -> CampaignDialling:
    """The section `dialling`."""
    return CampaignDialling(
        queue_id=written.queue or "",
        flow_id=written.flow or "",
        abandoned_flow=written.abandoned_flow or f"{SORRY}{campaign_id}",
        claim=ClaimSpec(
            lists=tuple(sorted(written.lists)),
            order=LeadOrder(written.order.upper()),
            segments=tuple(
                Segment(segment_id=each.id, when=each.when, share=each.share, quota=each.quota)
                for each in written.segments
            ),
            attempts_max=written.attempts_max,
        ),
        share=written.share,
        agents_kept=written.keep_free,
        callers_wait_ms=-1 if written.callers_wait is None else 1_000 * written.callers_wait,
        retries=tuple(
            Retry(
                outcome=OUTCOMES[name],
                wait_ms=1_000 * retry.after,
                most=retry.most,
                next_number=retry.next_number,
            )
            for name, retry in sorted(written.again.items())
        ),
        pacing=_pacing(written),
        answering=Answering(
            detect=written.answering.detect,
            machine=written.answering.machine,
            machine_flow=written.answering.machine_flow or "",
            unknown=written.answering.unknown,
            greeting_ms=1_000 * written.answering.greeting,
        ),
        spans=written.week or (),
        from_date=written.begins or "",
        until_date=written.ends or "",
        closed_on=tuple(sorted(written.closed_on or ())),
        preview_s=written.preview,
        skip_ms=1_000 * written.skip,
        keep_ms=1_000 * written.keep_promised,
        best_hour=written.best_hour,
    )


def _pacing(written: DiallingWritten) -> Pacing:
    pacing = written.pacing
    return Pacing(
        ceiling_ppm=-1 if pacing.at_most is None else pacing.at_most,
        days=pacing.within,
        target_ppm=-1 if pacing.aim is None else pacing.aim,
        certain=pacing.certain,
        lines_max=pacing.lines_max,
    )


def messages(calling: CallingConfig, language: str) -> dict[str, Flow]:
    """What those hear whom nobody talks to in time, where a campaign's file names no flow of its own: who called, from
    which number, and which key keeps them from being called again."""
    found = {}
    for campaign in calling.campaigns.values():
        flow_id = campaign.dialling.abandoned_flow if campaign.dialling else ""
        if flow_id.startswith(SORRY):
            text = f"This is {campaign.seller_name or campaign.seller}. We called you, and nobody was free."
            if campaign.caller_id:
                text += f" You reach us at {' '.join(campaign.caller_id)}."
            found[flow_id] = _message(flow_id, text, language)
    return found


def _message(flow_id: str, text: str, language: str) -> Flow:
    message, noted, bye = (
        (Say(text=said, language=language),)
        for said in (f"{text} To be called no more, press {KEY}.", "We will not call you again. Good bye.", "Good bye.")
    )
    steps: dict[str, AnyStep] = {
        "message": MenuStep(prompt=message, choices={KEY: "no_more"}, otherwise="bye", tries=1),
        "no_more": OptOutStep(next="noted"),
        "noted": HangUpStep(prompt=noted),
        "bye": HangUpStep(prompt=bye),
    }
    return Flow(flow_id=flow_id, start="message", steps=steps)
