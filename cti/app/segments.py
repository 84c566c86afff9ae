"""How a campaign's segments are read, for the processes that ask the store."""

import structlog

from cti.core.leads import NOWHERE, ClaimSpec
from cti.store.leads.entering import SegmentOf

log = structlog.get_logger()


def segments(spec: ClaimSpec) -> SegmentOf:
    """A campaign whose segments cannot be read calls nobody, and does not keep the others waiting."""
    from cti.expressions.condition import BadCondition  # slow to import, and seldom needed
    from cti.expressions.segments import segments_of

    try:
        return segments_of(spec)
    except BadCondition as error:
        log.error("segments_not_read", lists=spec.lists, why=str(error))
        return lambda list_id, details: NOWHERE
