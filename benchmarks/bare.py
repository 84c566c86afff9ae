"""The baseline: a bare aiohttp handler that parses the form and returns a document, and nothing else."""

import sys

from aiohttp import web

DOCUMENT = ""


async def voice(request: web.Request) -> web.Response:
    """The least a webhook's handler can do: the form is parsed, the same bytes go back."""
    form = await request.post()
    assert form["CallSid"]
    return web.Response(text=DOCUMENT, content_type="text/xml")


if __name__ == "__main__":
    DOCUMENT = sys.argv[2]
    application = web.Application()
    application.router.add_post("/twilio/voice", voice)
    web.run_app(application, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
