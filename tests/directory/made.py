"""Clocks that stand still, and customers."""

from cti.core.events import Customer

ANN = Customer(customer_id="1", segment="gold", name="Ann", account="A1")
NUMBER = "+4930123456"


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now
