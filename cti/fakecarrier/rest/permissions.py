"""REST of the voice domain (v1): where calls may go. JSON without an account in the path, pages under `meta`."""

from typing import Any

import msgspec
from aiohttp import web

from cti.fakecarrier.carrier import Carrier
from cti.fakecarrier.dialing_permissions import Country, DialingPermissions
from cti.fakecarrier.rest.errors import Refusal, not_found
from cti.fakecarrier.rest.form import Form
from cti.fakecarrier.rest.gate import reply

FLAGS = ("low_risk_numbers_enabled", "high_risk_special_numbers_enabled", "high_risk_tollfraud_numbers_enabled")
PAGE_SIZE = 50
PAGE_SIZE_MAX = 1000


class Permissions:
    """Read and change the dialling permissions."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    async def countries(self, request: web.Request) -> web.StreamResponse:
        """Countries by IsoCode, Continent, CountryCode and what is allowed there."""
        found = [self._resource(one) for one in self._known.countries.values() if _matches(one, request)]
        return _page(request, "content", found)

    async def country(self, request: web.Request) -> web.StreamResponse:
        """One country."""
        return reply(self._resource(self._find(request)))

    async def special_prefixes(self, request: web.Request) -> web.StreamResponse:
        """The prefixes of high risk in a country."""
        country = self._find(request)
        prefixes = sorted({*country.special, *country.tollfraud})
        return _page(request, "content", [{"prefix": prefix} for prefix in prefixes])

    async def bulk_update(self, request: web.Request) -> web.StreamResponse:
        """Allow or forbid several countries at once: `UpdateRequest` is a JSON list."""
        form = await Form.of(request)
        text = form.text("UpdateRequest")
        try:
            updates = msgspec.json.decode(text, type=list[dict[str, Any]])
            for update in updates:
                flags = {flag: str(update[flag]).lower() == "true" for flag in FLAGS if flag in update}
                self._known.allow(str(update["iso_code"]), **flags)
        except (msgspec.MsgspecError, KeyError) as error:
            raise Refusal(400, 20001, f"UpdateRequest is not a list of countries: {error}") from error
        return reply({"update_count": len(updates), "update_request": text}, 201)

    async def settings(self, _request: web.Request) -> web.StreamResponse:
        """Whether the account takes over its parent's permissions."""
        return reply({"dialing_permissions_inheritance": self._known.inherited, "url": None})

    async def change_settings(self, request: web.Request) -> web.StreamResponse:
        """Change that."""
        inherited = (await Form.of(request)).flag("DialingPermissionsInheritance")
        self._known.inherited = self._known.inherited if inherited is None else inherited
        return reply({"dialing_permissions_inheritance": self._known.inherited, "url": None}, 202)

    @property
    def _known(self) -> DialingPermissions:
        return self._carrier.account.permissions

    def _find(self, request: web.Request) -> Country:
        country = self._carrier.account.permissions.countries.get(request.match_info["iso_code"].upper())
        if country is None:
            raise not_found(request.path)
        return country

    def _resource(self, country: Country) -> dict[str, Any]:
        url = f"{self._carrier.recordings.base_url}/v1/DialingPermissions/Countries/{country.iso_code}"
        return {
            "iso_code": country.iso_code,
            "name": country.name,
            "continent": country.continent,
            "country_codes": list(country.country_codes),
            **{flag: getattr(country, flag) for flag in FLAGS},
            "url": url,
            "links": {"highrisk_special_prefixes": f"{url}/HighRiskSpecialPrefixes"},
        }


def _matches(country: Country, request: web.Request) -> bool:
    query = request.query
    if query.get("IsoCode", country.iso_code).upper() != country.iso_code:
        return False
    if query.get("Continent", country.continent).upper() != country.continent:
        return False
    if "CountryCode" in query and f"+{query['CountryCode'].lstrip('+')}" not in country.country_codes:
        return False
    asked = {flag: "".join(word.capitalize() for word in flag.split("_")) for flag in FLAGS}
    return all(
        query[name].lower() == str(getattr(country, flag)).lower() for flag, name in asked.items() if name in query
    )


def _page(request: web.Request, key: str, found: list[dict[str, Any]]) -> web.Response:
    """A page as this domain cuts it."""
    size = min(max(int(request.query.get("PageSize", PAGE_SIZE)), 1), PAGE_SIZE_MAX)
    number = int(request.query.get("Page", 0))
    shown = found[number * size : (number + 1) * size]

    def url(page: int) -> str:
        return str(request.url.update_query({"PageSize": str(size), "Page": str(page)}))

    more = (number + 1) * size < len(found)
    meta = {
        "key": key,
        "page": number,
        "page_size": size,
        "url": url(number),
        "first_page_url": url(0),
        "previous_page_url": url(number - 1) if number else None,
        "next_page_url": url(number + 1) if more else None,
    }
    return reply({key: shown, "meta": meta})
