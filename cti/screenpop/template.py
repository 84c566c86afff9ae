"""The address of a record in somebody else's system, from a template. Values are percent-encoded, names are fixed."""

from urllib.parse import quote

from cti.core.contact import Contact

PLACEHOLDERS = ("from_number", "to_number", "queue_id", "contact_id", "customer_id")


def fill(template: str, contact: Contact) -> str:
    """Empty when there is no template, or when it wants a customer and not exactly one is known."""
    if not template:
        return ""
    customer_id = contact.customers[0].customer_id if len(contact.customers) == 1 else ""
    if "{customer_id}" in template and not customer_id:
        return ""
    values = {
        "from_number": contact.from_number,
        "to_number": contact.to_number,
        "queue_id": contact.queue_id,
        "contact_id": contact.contact_id,
        "customer_id": customer_id,
    }
    for name in PLACEHOLDERS:
        template = template.replace("{" + name + "}", quote(values[name], safe=""))
    return template
