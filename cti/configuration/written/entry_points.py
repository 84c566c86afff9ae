"""entry_points.yaml: our numbers, each bound to a flow."""

from cti.configuration.written.base import Omissible, Written
from cti.configuration.written.references import FlowName
from cti.configuration.written.values import Name


class EntryPointWritten(Written):
    """An entry of entry_points.yaml."""

    flow: FlowName
    name: Omissible[Name] = None
