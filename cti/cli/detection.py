"""How people were told from machines, in a sentence."""

from cti.views.detection import Detection


def told_apart(found: Detection) -> str:
    """What was taken for machines, what agents heard of it, and how many people that makes."""
    met = f"; agents met {found.missed:,} that were not told apart" if found.missed else ""
    taken = f"{found.machines:,} calls were taken for one"
    if found.estimate is None:
        return f"{taken}, no agent heard any of them, so nobody knows how many were people{met}"
    if not found.machines:
        return f"{taken}{met}"
    return (
        f"{taken}, agents heard {found.heard:,} of them, of which {found.people:,} were people: about"
        f" {found.estimate:,} people in all, {found.at_most:,} at most (95 %){met}"
    )
