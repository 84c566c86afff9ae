"""The store's tables, the same on SQLite and PostgreSQL. Times are milliseconds since 1970, UTC; 0 is never.

A new database gets these tables as they stand here, an older one by the migrations; a test compares both.
"""

from sqlalchemy import BigInteger, Column, Double, Index, MetaData, Table, Text, text

VERSION_TABLE = "store_version"
"""Where the schema's revision stands. It is not Alembic's usual name, as other tables may live beside these."""

REVISION = "0009"
"""The newest revision, which is the one that this code speaks."""

metadata = MetaData()


def _word(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


customers = Table(
    "customers",
    metadata,
    Column("site", Text, primary_key=True),
    Column("customer_id", Text, primary_key=True),
    _word("name"),
    _word("account"),
    _word("segment"),
    _word("address"),
    _word("email"),
    Column("value", Double),
    _word("source"),
    sqlite_with_rowid=False,
)

# The primary key is the index by number: it begins with site and number.
customer_numbers = Table(
    "customer_numbers",
    metadata,
    Column("site", Text, primary_key=True),
    Column("number", Text, primary_key=True),
    Column("customer_id", Text, primary_key=True),
    _number("position"),
    Index("customer_numbers_by_customer", "site", "customer_id"),
    sqlite_with_rowid=False,
)

contact_records = Table(
    "contact_records",
    metadata,
    Column("site", Text, primary_key=True),
    Column("contact_id", Text, primary_key=True),
    # The journal's record that closed the contact.
    _number("seq"),
    _word("direction"),
    _word("cause"),
    _word("outcome"),
    _number("arrived_at"),
    _number("ended_at"),
    _word("flow_id"),
    _word("last_step"),
    _word("queue_id"),
    _number("queued_at"),
    _number("connected_at"),
    Column("agent_ids", Text, nullable=False),
    _number("offers"),
    _word("disposition"),
    _word("queue_refused"),
    _number("offers_missed"),
    _number("offers_declined"),
    _word("to_number"),
    # Personal: emptied when its time is over.
    _word("from_number"),
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
    _word("to_number"),
    _word("from_number"),
    sqlite_with_rowid=False,
)

# One row for each recording that was asked for, whether or not it came to anything.
recordings = Table(
    "recordings",
    metadata,
    Column("site", Text, primary_key=True),
    Column("recording_id", Text, primary_key=True),
    # The journal's record that changed it last.
    _number("seq"),
    _word("kind"),
    _word("contact_id"),
    _word("leg_id"),
    _word("asked_by"),
    _word("provider_ref"),
    _word("status"),
    _word("reason"),
    _word("location"),
    _number("asked_at"),
    _number("started_at"),
    _number("ended_at"),
    _number("completed_at"),
    _number("duration_s"),
    _number("channels"),
    _word("pauses"),
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
    _number("seq"),
    _word("scope"),
    # A number, the beginning of one, a pattern, or the name of a household or person.
    _word("value"),
    _word("campaign_id"),
    _word("seller"),
    _word("reason"),
    _word("origin"),
    _word("added_by"),
    _number("added_at"),
    # How often it was asked for again while it held.
    _number("repeats"),
    _number("removed_seq"),
    _number("removed_at"),
    _word("removed_by"),
    _word("removed_reason"),
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
    _word("version"),
    _word("status"),
    _number("at"),
    _number("as_of"),
    _number("count"),
    _number("added"),
    _number("removed"),
    _word("reason"),
    _word("switched_by"),
    _word("confirmed_by"),
)

# Every call that was cleared, by whomever it was for; and conversations when they called us (`called` is 0).
call_attempts = Table(
    "call_attempts",
    metadata,
    Column("site", Text, primary_key=True),
    Column("attempt_id", Text, primary_key=True),
    _number("seq"),
    _number("at"),
    # Personal, down to the debt: emptied when its time is over.
    _word("number"),
    _word("person_id"),
    _word("household_id"),
    _word("lead_id"),
    _word("debt_id"),
    _word("campaign_id"),
    _word("seller"),
    # What came of it: words apart by spaces.
    _word("told"),
    _word("outcome"),
    _number("called"),
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
    _number("seq"),
    _word("dial_id"),
    _number("at"),
    _word("rules_version"),
    # JSON: the facts, and who said no (nobody: it was allowed).
    _word("facts"),
    _word("blocks"),
    _word("number_digest"),
    _word("previous_hash"),
    _word("hash"),
    Index("clearances_by_seq", "site", "seq"),
)

# Personal, and apart: whose number it was, with the salt of the digests in the proof. Deleted when its time is over.
clearance_numbers = Table(
    "clearance_numbers",
    metadata,
    Column("site", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    _number("at"),
    _word("number"),
    _word("salt"),
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
    _number("position"),
    _number("before_at"),
    sqlite_with_rowid=False,
)

# The calling rules and zones by which verdicts were given, whole, as JSON: their name is what they say.
rulebooks = Table(
    "rulebooks",
    metadata,
    Column("site", Text, primary_key=True),
    Column("rules_version", Text, primary_key=True),
    _number("seq"),
    _word("content"),
)

# A list of people to be called. While `removed_seq` is set, what was on it before that record is being deleted.
lead_lists = Table(
    "lead_lists",
    metadata,
    Column("site", Text, primary_key=True),
    Column("list_id", Text, primary_key=True),
    _number("made_at"),
    _number("removed_seq"),
    sqlite_with_rowid=False,
)

# One row for each import of a file. Its leads can be seen from the journal's record `done_seq` on.
lead_imports = Table(
    "lead_imports",
    metadata,
    Column("site", Text, primary_key=True),
    Column("import_id", Text, primary_key=True),
    _word("list_id"),
    _number("ordinal"),
    # The file, and how it is read: whoever brings the same again goes on where this import was.
    _word("identity"),
    _word("source"),
    _word("imported_by"),
    # JSON: the headings of the file's columns.
    _word("headings"),
    _number("started_at"),
    _word("status"),
    # The last row that was read, and where the file's rows end.
    _number("rows"),
    _number("rejected"),
    # How many rows change a lead that was there before.
    _number("changing"),
    _number("done_seq"),
    # Up to which row leads that were there before were changed.
    _number("settled_upto"),
    sqlite_with_rowid=False,
)

# One row for each person to be called.
leads = Table(
    "leads",
    metadata,
    Column("site", Text, primary_key=True),
    Column("lead_id", Text, primary_key=True),
    _word("list_id"),
    # By which import it came; empty when it was posted alone.
    _word("import_id"),
    # Its row in the file, or where in the journal it was posted: whoever reads by it misses nothing and nobody twice.
    _number("touched"),
    _word("external_id"),
    # JSON: everything that is known of the person.
    _word("details"),
    # The lead that was there before and is to become this one.
    _word("becomes"),
    Index("leads_by_list", "site", "list_id", "import_id", "touched"),
    Index("leads_by_external_id", "site", "list_id", "external_id"),
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
    _word("code"),
    _word("reason"),
    _word("remedy"),
    # JSON: its cells.
    _word("cells"),
    sqlite_with_rowid=False,
)

# Where each lead stands in each campaign that may call it.
campaign_leads = Table(
    "campaign_leads",
    metadata,
    Column("site", Text, primary_key=True),
    Column("campaign_id", Text, primary_key=True),
    Column("lead_id", Text, primary_key=True),
    _word("list_id"),
    _word("segment"),
    _word("status"),
    # What it goes back to when the campaign gives it back.
    _word("status_before"),
    _number("next_at"),
    # The order of those who were never called: the lowest first.
    _number("rank"),
    _number("number_index"),
    _number("attempts"),
    _word("last_outcome"),
    _number("last_at"),
    # Whom a promised call is for; what an agent said of it last.
    _word("callback_for"),
    _word("disposition"),
    _number("amount"),
    _word("currency"),
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
    _number("count"),
    sqlite_with_rowid=False,
)

# What each campaign asked for when it last asked for leads.
campaign_specs = Table(
    "campaign_specs",
    metadata,
    Column("site", Text, primary_key=True),
    Column("campaign_id", Text, primary_key=True),
    _word("digest"),
    _word("spec"),
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
    _number("upto"),
    _number("done"),
    sqlite_with_rowid=False,
)

# What became of each call of a campaign. The log names no numbers: those go sooner.
attempt_log = Table(
    "attempt_log",
    metadata,
    Column("site", Text, primary_key=True),
    Column("attempt_id", Text, primary_key=True),
    _word("campaign_id"),
    _word("seller"),
    _word("programme"),
    _word("lead_id"),
    _number("number_index"),
    _word("provider_ref"),
    _word("rules_version"),
    # The journal's record, which with the attempt's name says where in the chain its clearance stands.
    _number("cleared_seq"),
    # JSON: the ledgers that an answer counts in, with their ceilings and windows.
    _word("bounds"),
    _number("connect_ms"),
    _number("after_greeting"),
    # 0 until it is asked of the carrier: before that it is no call.
    _number("dialled_at"),
    _number("alerted_at"),
    _number("answered_at"),
    _number("greeting_ended_at"),
    _number("classified_at"),
    _word("classified"),
    _word("contact_id"),
    _number("joined_at"),
    _word("agent_id"),
    _number("abandoned_at"),
    _number("late"),
    _number("message_at"),
    _word("message_flow"),
    _number("counted_at"),
    _number("counted_abandoned"),
    _number("ended_at"),
    _word("outcome"),
    _word("disposition"),
    # What it was placed for: a campaign's own call to a lead, or an agent's by hand.
    _word("purpose"),
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
    _number("seq"),
    _number("at"),
    _word("campaign_id"),
    _word("rule"),
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
