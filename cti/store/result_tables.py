"""The store's tables of results, which go to other systems."""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from cti.store.tables import metadata, number, word

# What agents said of calls for campaigns, and of no others, once these are over.
call_notes = Table(
    "call_notes",
    metadata,
    Column("site", Text, primary_key=True),
    Column("contact_id", Text, primary_key=True),
    number("at"),
    word("agent_id"),
    word("disposition"),
    word("kind"),
    number("amount"),
    word("currency"),
    number("callback_at"),
    word("callback_for"),
    # Personal: emptied when the journal's is.
    word("note"),
    Index("call_notes_by_time", "site", "at"),
    sqlite_with_rowid=False,
)

# Where campaigns' results are sent, as the configuration in force has it, and how that goes.
result_targets = Table(
    "result_targets",
    metadata,
    Column("site", Text, primary_key=True),
    Column("campaign_id", Text, primary_key=True),
    # JSON; empty for one that has none any more.
    word("target"),
    # Since when (ms) it has not worked, and why, how often it was tried, and when it is tried next.
    number("failing_since"),
    word("why"),
    number("tries"),
    number("next_try_at"),
    sqlite_with_rowid=False,
)

# What came of each call, to be sent: a row each until some time after it was.
results = Table(
    "results",
    metadata,
    Column("site", Text, primary_key=True),
    # The journal's record, and the place in it.
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    word("campaign_id"),
    word("result_id"),
    word("status"),
    number("at"),
    word("lead_id"),
    # Of a call by hand, which has no lead.
    word("attempt_id"),
    word("contact_id"),
    # JSON: what the journal says.
    word("told"),
    # The message that it is part of, and what is sent: made once, and then sent as often as it takes. Personal: emptied
    # when it was received.
    word("message_id"),
    word("body"),
    # Why the receiver refused it.
    word("why"),
    number("settled_at"),
    Index("results_by_turn", "site", "campaign_id", "status", "position"),
    Index("results_by_contact", "site", "contact_id"),
    sqlite_with_rowid=False,
)
