"""All that the journal is projected into."""

from cti.store.attempt_log_projector import AttemptLogProjector
from cti.store.attempts_projector import AttemptsProjector
from cti.store.clearances_projector import ClearancesProjector
from cti.store.leads.projector import LeadsProjector
from cti.store.projection import Projections
from cti.store.projector import Projector
from cti.store.recordings_projector import RecordingsProjector
from cti.store.results.projector import ResultsProjector
from cti.store.store import Store
from cti.store.suppressions_projector import RegistriesProjector, SuppressionsProjector

KINDS = (
    Projector,
    RecordingsProjector,
    SuppressionsProjector,
    RegistriesProjector,
    AttemptsProjector,
    ClearancesProjector,
    AttemptLogProjector,
    LeadsProjector,
    ResultsProjector,
)


def projections_of(store: Store, site: str) -> Projections:
    """Each from its own place."""
    return Projections(*(kind(store, site) for kind in KINDS))
