"""What a look-up amounts to: nobody, one person, several, or nothing to look up."""

from cti.core.contact import Contact

CUSTOMERS_SHOWN_MAX = 10
"""A number that more people share than this, such as a company's, tells nobody who is calling."""


def is_number(number: str) -> bool:
    """Only an E.164 number can be looked up; carriers also send words such as `anonymous`."""
    return number.startswith("+") and number[1:].isdigit() and len(number) > len("+1234")


def describe(contact: Contact) -> str:
    """`none`, `one`, `several`, `pending`, `withheld` or `failed`."""
    if contact.look_up == "none":
        return "withheld"
    if contact.look_up != "found":
        return contact.look_up
    if not contact.customers:
        return "none"
    return "one" if len(contact.customers) == 1 else "several"
