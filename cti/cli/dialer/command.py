"""`cti dialer`: what the dialer may do, and what it did."""

import cyclopts

app = cyclopts.App(name="dialer", help="May a number be rung, why not, and when next; and the proof of it.")
app.command("cti.cli.dialer.explain:explain", help="May this number be rung, by which rule not, and when next.")
app.command("cti.cli.dialer.audit:audit", help="Check the proof of every verdict of the calling rules.")
app.command("cti.cli.dialer.rules:rules", help="The rules in force for a country or state, with their sources.")
app.command("cti.cli.dialer.report:report", help="What a regulator asks of calls: answers, abandoned ones, ceilings.")
