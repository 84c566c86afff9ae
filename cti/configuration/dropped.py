"""What a change of the campaigns would lose: calls and entries are counted by the ids of campaigns and sellers."""

from collections.abc import Collection, Iterator

from cti.core.calling import CallingConfig


def dropped(
    before: CallingConfig, after: CallingConfig, campaigns: Collection[str], sellers: Collection[str]
) -> Iterator[str]:
    """Which campaigns and sellers are gone for which something still counts, and what to do, a sentence each.
    `campaigns` and `sellers` are those that calls or entries name."""
    had, has = _sellers(before), _sellers(after)
    for campaign_id in sorted(before.campaigns.keys() - after.campaigns.keys()):
        if campaign_id in campaigns:
            yield (
                f"campaign {campaign_id} is gone, and calls or entries of our own lists still count for it: "
                f"write id: {campaign_id} into the campaign that is called otherwise now, or keep its file"
            )
    for seller in sorted(had - has):
        if seller in sellers:
            yield (
                f'seller "{seller}" is gone, and calls or entries of our own lists still count for it: '
                f'write seller_id: "{seller}" into the campaigns of the seller who is called otherwise now, or keep one'
            )


def _sellers(calling: CallingConfig) -> set[str]:
    return {campaign.seller for campaign in calling.campaigns.values()}
