"""What would keep a campaign's results here, by this machine's environment."""

from cti.core.campaign_config import ResultsTarget
from cti.named_secrets import NamedSecrets, NoSecret
from cti.results.destination import why_not
from cti.settings import results_reach


def not_sent(target: ResultsTarget) -> tuple[str, ...]:
    """Each with the remedy behind a colon: the host is not among those that may be reached, the secret is missing."""
    hosts, _ = results_reach()
    found = [why_not(target.url, hosts)]
    try:
        NamedSecrets().signing_keys(target.secret)
    except NoSecret as error:
        found.append(str(error))
    return tuple(filter(None, found))
