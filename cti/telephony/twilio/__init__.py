"""Twilio Programmable Voice: signed webhooks, TwiML, REST. Nothing outside this package knows of SIDs or TwiML."""
