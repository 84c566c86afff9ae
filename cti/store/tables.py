"""The store's tables, the same on SQLite and PostgreSQL. Times are milliseconds since 1970, UTC; 0 is never.

A new database gets these tables as they stand here, an older one by the migrations; a test compares both.
"""

from sqlalchemy import BigInteger, Column, Double, Index, MetaData, Table, Text, text

VERSION_TABLE = "store_version"
"""Where the schema's revision stands. It is not Alembic's usual name, as other tables may live beside these."""

REVISION = "0012"
"""The newest revision, which is the one that this code speaks."""

metadata = MetaData()


def word(name: str) -> Column[str]:
    """Text, which may be empty and is never null."""
    return Column(name, Text, nullable=False)


def number(name: str) -> Column[int]:
    """A whole number, never null."""
    return Column(name, BigInteger, nullable=False)


customers = Table(
    "customers",
    metadata,
    Column("site", Text, primary_key=True),
    Column("customer_id", Text, primary_key=True),
    word("name"),
    word("account"),
    word("segment"),
    word("address"),
    word("email"),
    Column("value", Double),
    word("source"),
    sqlite_with_rowid=False,
)

# The primary key is the index by number: it begins with site and number.
customer_numbers = Table(
    "customer_numbers",
    metadata,
    Column("site", Text, primary_key=True),
    Column("number", Text, primary_key=True),
    Column("customer_id", Text, primary_key=True),
    number("position"),
    Index("customer_numbers_by_customer", "site", "customer_id"),
    sqlite_with_rowid=False,
)

contact_records = Table(
    "contact_records",
    metadata,
    Column("site", Text, primary_key=True),
    Column("contact_id", Text, primary_key=True),
    # The journal's record that closed the contact.
    number("seq"),
    word("direction"),
    word("cause"),
    word("outcome"),
    number("arrived_at"),
    number("ended_at"),
    word("flow_id"),
    word("last_step"),
    word("queue_id"),
    number("queued_at"),
    number("connected_at"),
    Column("agent_ids", Text, nullable=False),
    number("offers"),
    word("disposition"),
    word("queue_refused"),
    number("offers_missed"),
    number("offers_declined"),
    word("to_number"),
    # Personal: emptied when its time is over.
    word("from_number"),
    Column("talk_ms", BigInteger, nullable=False, server_default="0"),
    Index("contact_records_by_end", "site", "ended_at", "seq"),
    Index("contact_records_by_number", "site", "from_number", "ended_at"),
)

# What the end of a contact does not repeat, kept from its start.
live_contacts = Table(
    "live_contacts",
    metadata,
    Column("site", Text, primary_key=True),
    Column("contact_id", Text, primary_key=True),
    word("to_number"),
    word("from_number"),
    sqlite_with_rowid=False,
)

# One row for each recording that was asked for, whether or not it came to anything.
recordings = Table(
    "recordings",
    metadata,
    Column("site", Text, primary_key=True),
    Column("recording_id", Text, primary_key=True),
    # The journal's record that changed it last.
    number("seq"),
    word("kind"),
    word("contact_id"),
    word("leg_id"),
    word("asked_by"),
    word("provider_ref"),
    word("status"),
    word("reason"),
    word("location"),
    number("asked_at"),
    number("started_at"),
    number("ended_at"),
    number("completed_at"),
    number("duration_s"),
    number("channels"),
    word("pauses"),
    Index("recordings_by_ask", "site", "asked_at", "recording_id"),
    Index("recordings_by_contact", "site", "contact_id"),
    Index("recordings_by_leg", "site", "leg_id"),
)

# Our own lists of whom not to call. An entry that was removed stays, with who removed it and why.
suppressions = Table(
    "suppressions",
    metadata,
    Column("site", Text, primary_key=True),
    Column("entry_id", Text, primary_key=True),
    # The journal's record that added it.
    number("seq"),
    word("scope"),
    # A number, the beginning of one, a pattern, or the name of a household or person.
    word("value"),
    word("campaign_id"),
    word("seller"),
    word("reason"),
    word("origin"),
    word("added_by"),
    number("added_at"),
    # How often it was asked for again while it held.
    number("repeats"),
    number("removed_seq"),
    number("removed_at"),
    word("removed_by"),
    word("removed_reason"),
    # The number whose entry this one, for a person, was added with and goes with.
    Column("beside", Text, nullable=False, server_default=text("''")),
    Index("suppressions_by_value", "site", "value", "removed_at"),
    Index("suppressions_by_scope", "site", "scope", "seq"),
    # Of those alone that stand beside one: for any other question it would find nearly all.
    Index(
        "suppressions_by_number_beside",
        "site",
        "beside",
        sqlite_where=text("beside <> ''"),
        postgresql_where=text("beside <> ''"),
    ),
)

# Every version of a registry that was switched to or held back, and who did so.
registries = Table(
    "registries",
    metadata,
    Column("site", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("registry_id", Text, primary_key=True),
    word("version"),
    word("status"),
    number("at"),
    number("as_of"),
    number("count"),
    number("added"),
    number("removed"),
    word("reason"),
    word("switched_by"),
    word("confirmed_by"),
)

# Every call that was cleared, by whomever it was for; and conversations when they called us (`called` is 0).
call_attempts = Table(
    "call_attempts",
    metadata,
    Column("site", Text, primary_key=True),
    Column("attempt_id", Text, primary_key=True),
    number("seq"),
    number("at"),
    # Personal, down to the debt: emptied when its time is over.
    word("number"),
    word("person_id"),
    word("household_id"),
    word("lead_id"),
    word("debt_id"),
    word("campaign_id"),
    word("seller"),
    # What came of it: words apart by spaces.
    word("told"),
    word("outcome"),
    number("called"),
    Index("call_attempts_by_time", "site", "at"),
    *(
        Index(f"call_attempts_by_{name}", "site", f"{name}{end}", "at")
        for name, end in (("number", ""), ("person", "_id"), ("household", "_id"), ("lead", "_id"), ("debt", "_id"))
    ),
)

# The proof of each verdict of the calling rules, chained. Nothing in it says whose number it was.
clearances = Table(
    "clearances",
    metadata,
    Column("site", Text, primary_key=True),
    # Dense, from 1.
    Column("position", BigInteger, primary_key=True),
    number("seq"),
    word("dial_id"),
    number("at"),
    word("rules_version"),
    # JSON: the facts, and who said no (nobody: it was allowed).
    word("facts"),
    word("blocks"),
    word("number_digest"),
    word("previous_hash"),
    word("hash"),
    Index("clearances_by_seq", "site", "seq"),
)

# Personal, and apart: whose number it was, with the salt of the digests in the proof. Deleted when its time is over.
clearance_numbers = Table(
    "clearance_numbers",
    metadata,
    Column("site", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    number("at"),
    word("number"),
    word("salt"),
    # The entries of our own lists that it was on, apart by spaces.
    Column("entries", Text, nullable=False, server_default=text("''")),
    Index("clearance_numbers_by_time", "site", "at"),
    sqlite_with_rowid=False,
)

# Up to which proof the numbers were forgotten, as those of before an instant: what is missing beyond was taken away.
forgotten_numbers = Table(
    "forgotten_numbers",
    metadata,
    Column("site", Text, primary_key=True),
    number("position"),
    number("before_at"),
    sqlite_with_rowid=False,
)

# The calling rules and zones by which verdicts were given, whole, as JSON: their name is what they say.
rulebooks = Table(
    "rulebooks",
    metadata,
    Column("site", Text, primary_key=True),
    Column("rules_version", Text, primary_key=True),
    number("seq"),
    word("content"),
)

# A list of people to be called. While `removed_seq` is set, what was on it before that record is being deleted.
lead_lists = Table(
    "lead_lists",
    metadata,
    Column("site", Text, primary_key=True),
    Column("list_id", Text, primary_key=True),
    number("made_at"),
    number("removed_seq"),
    sqlite_with_rowid=False,
)

# One row for each import of a file. Its leads can be seen from the journal's record `done_seq` on.
lead_imports = Table(
    "lead_imports",
    metadata,
    Column("site", Text, primary_key=True),
    Column("import_id", Text, primary_key=True),
    word("list_id"),
    number("ordinal"),
    # The file, and how it is read: whoever brings the same again goes on where this import was.
    word("identity"),
    word("source"),
    word("imported_by"),
    # JSON: the headings of the file's columns.
    word("headings"),
    number("started_at"),
    word("status"),
    # The last row that was read, and where the file's rows end.
    number("rows"),
    number("rejected"),
    # How many rows change a lead that was there before.
    number("changing"),
    number("done_seq"),
    # Up to which row leads that were there before were changed.
    number("settled_upto"),
    sqlite_with_rowid=False,
)

# One row for each person to be called.
leads = Table(
    "leads",
    metadata,
    Column("site", Text, primary_key=True),
    Column("lead_id", Text, primary_key=True),
    word("list_id"),
    # By which import it came; empty when it was posted alone.
    word("import_id"),
    # Its row in the file, or where in the journal it was posted: whoever reads by it misses nothing and nobody twice.
    number("touched"),
    word("external_id"),
    # JSON: everything that is known of the person.
    word("details"),
    # The lead that was there before and is to become this one.
    word("becomes"),
    Index("leads_by_list", "site", "list_id", "import_id", "touched"),
    Index("leads_by_external_id", "site", "list_id", "external_id"),
    Index(
        "leads_to_change",
        "site",
        "becomes",
        sqlite_where=text("becomes <> ''"),
        postgresql_where=text("becomes <> ''"),
    ),
    sqlite_with_rowid=False,
)

lead_numbers = Table(
    "lead_numbers",
    metadata,
    Column("site", Text, primary_key=True),
    Column("number", Text, primary_key=True),
    Column("lead_id", Text, primary_key=True),
    sqlite_with_rowid=False,
)

# The rows of files that were not taken, as they were, and why.
lead_rejects = Table(
    "lead_rejects",
    metadata,
    Column("site", Text, primary_key=True),
    Column("import_id", Text, primary_key=True),
    Column("row", BigInteger, primary_key=True),
    word("code"),
    word("reason"),
    word("remedy"),
    # JSON: its cells.
    word("cells"),
    sqlite_with_rowid=False,
)

# Where each lead stands in each campaign that may call it.
campaign_leads = Table(
    "campaign_leads",
    metadata,
    Column("site", Text, primary_key=True),
    Column("campaign_id", Text, primary_key=True),
    Column("lead_id", Text, primary_key=True),
    word("list_id"),
    word("segment"),
    word("status"),
    # What it goes back to when the campaign gives it back.
    word("status_before"),
    number("next_at"),
    # The order of those who were never called: the lowest first.
    number("rank"),
    number("number_index"),
    number("attempts"),
    word("last_outcome"),
    number("last_at"),
    # Whom a promised call is for; what an agent said of it last.
    word("callback_for"),
    word("disposition"),
    number("amount"),
    word("currency"),
    # JSON: how many calls ended in which outcome, and the numbers that are not rung again.
    Column("past", Text, nullable=False, server_default=text("''")),
    Index(
        "campaign_leads_by_turn", "site", "campaign_id", "list_id", "segment", "status", "next_at", "rank", "lead_id"
    ),
    sqlite_with_rowid=False,
)

# How many leads of a campaign stand where, so that nobody has to count millions.
campaign_counts = Table(
    "campaign_counts",
    metadata,
    Column("site", Text, primary_key=True),
    Column("campaign_id", Text, primary_key=True),
    Column("list_id", Text, primary_key=True),
    Column("segment", Text, primary_key=True),
    # A status, or a word for what is counted beside: TAKEN, SUCCESS.
    Column("status", Text, primary_key=True),
    number("count"),
    sqlite_with_rowid=False,
)

# What each campaign asked for when it last asked for leads.
campaign_specs = Table(
    "campaign_specs",
    metadata,
    Column("site", Text, primary_key=True),
    Column("campaign_id", Text, primary_key=True),
    word("digest"),
    word("spec"),
    sqlite_with_rowid=False,
)

# How far each import's leads were entered for each campaign.
campaign_entries = Table(
    "campaign_entries",
    metadata,
    Column("site", Text, primary_key=True),
    Column("campaign_id", Text, primary_key=True),
    Column("list_id", Text, primary_key=True),
    Column("import_id", Text, primary_key=True),
    number("upto"),
    number("done"),
    sqlite_with_rowid=False,
)

# What became of each call of a campaign. The log names no numbers: those go sooner.
attempt_log = Table(
    "attempt_log",
    metadata,
    Column("site", Text, primary_key=True),
    Column("attempt_id", Text, primary_key=True),
    word("campaign_id"),
    word("seller"),
    word("programme"),
    word("lead_id"),
    number("number_index"),
    word("provider_ref"),
    word("rules_version"),
    # The journal's record, which with the attempt's name says where in the chain its clearance stands.
    number("cleared_seq"),
    # JSON: the ledgers that an answer counts in, with their ceilings and windows.
    word("bounds"),
    number("connect_ms"),
    number("after_greeting"),
    # 0 until it is asked of the carrier: before that it is no call.
    number("dialled_at"),
    number("alerted_at"),
    number("answered_at"),
    number("greeting_ended_at"),
    number("classified_at"),
    word("classified"),
    word("contact_id"),
    number("joined_at"),
    word("agent_id"),
    number("abandoned_at"),
    number("late"),
    number("message_at"),
    word("message_flow"),
    number("counted_at"),
    number("counted_abandoned"),
    number("ended_at"),
    word("outcome"),
    word("disposition"),
    # What it was placed for: a campaign's own call to a lead, or an agent's by hand.
    word("purpose"),
    Index("attempt_log_by_time", "site", "dialled_at", "attempt_id"),
    Index("attempt_log_by_contact", "site", "contact_id"),
    sqlite_with_rowid=False,
)

# Calls of campaigns that were not made, and by which rule.
refusal_log = Table(
    "refusal_log",
    metadata,
    Column("site", Text, primary_key=True),
    Column("dial_id", Text, primary_key=True),
    number("seq"),
    number("at"),
    word("campaign_id"),
    word("rule"),
    Index("refusal_log_by_time", "site", "at"),
    sqlite_with_rowid=False,
)

# How far into the journal each projection has come.
cursors = Table(
    "cursors",
    metadata,
    Column("site", Text, primary_key=True),
    Column("projection", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
