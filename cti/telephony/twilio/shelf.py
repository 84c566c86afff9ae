"""Documents that are too long to be pushed inline, kept until the carrier fetches them."""

from cti.telephony.twilio.recent import Recent

DOCUMENTS_MAX = 1_000


class Shelf(Recent[tuple[str, int], str]):
    """The newest such documents, by leg and nonce. They stay after they are fetched: the carrier may come twice. A
    restart empties the shelf; a leg that comes for what is gone is asked about like one whose document ran out."""

    def __init__(self, documents_max: int = DOCUMENTS_MAX) -> None:
        super().__init__(documents_max)
