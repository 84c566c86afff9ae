"""do_not_call.yaml: the registries of people who are not to be called."""

from cti.configuration.written.base import Written
from cti.configuration.written.references import Jurisdiction
from cti.configuration.written.values import Name


class RegistryWritten(Written):
    """An entry of do_not_call.yaml."""

    name: Name
    jurisdiction: Jurisdiction
    example: bool = False
