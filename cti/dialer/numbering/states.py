"""The names of states and provinces as people write them, and their codes in ISO 3166-2 without the country.

Only of those countries whose states the numbering tables have. No two of them are called alike.
"""

_WRITTEN = """
Alabama AL; Alaska AK; Arizona AZ; Arkansas AR; California CA; Colorado CO; Connecticut CT; Delaware DE;
District of Columbia DC; Washington DC DC; Washington D C DC;
Florida FL; Georgia GA; Hawaii HI; Idaho ID; Illinois IL; Indiana IN;
Iowa IA; Kansas KS; Kentucky KY; Louisiana LA; Maine ME; Maryland MD; Massachusetts MA; Michigan MI; Minnesota MN;
Mississippi MS; Missouri MO; Montana MT; Nebraska NE; Nevada NV; New Hampshire NH; New Jersey NJ; New Mexico NM;
New York NY; North Carolina NC; North Dakota ND; Ohio OH; Oklahoma OK; Oregon OR; Pennsylvania PA; Rhode Island RI;
South Carolina SC; South Dakota SD; Tennessee TN; Texas TX; Utah UT; Vermont VT; Virginia VA; Washington WA;
West Virginia WV; Wisconsin WI; Wyoming WY; American Samoa AS; Guam GU; Northern Mariana Islands MP; Puerto Rico PR;
U S Virgin Islands VI; US Virgin Islands VI; Virgin Islands VI; Alberta AB; British Columbia BC; Manitoba MB;
New Brunswick NB; Newfoundland and Labrador NL; Newfoundland NL; Nova Scotia NS; Northwest Territories NT; Nunavut NU;
Ontario ON; Prince Edward Island PE; Quebec QC; Québec QC; Saskatchewan SK; Yukon YT; Yukon Territory YT;
Australian Capital Territory ACT; New South Wales NSW; Northern Territory NT; Queensland QLD; South Australia SA;
Tasmania TAS; Victoria VIC; Western Australia WA
"""
_CODES = {name.casefold(): code for name, _, code in (each.strip().rpartition(" ") for each in _WRITTEN.split(";"))}


def state_code(written: str) -> str:
    """The code of a state that is written in full, such as `Maine`; anything else in capitals, as it was written."""
    words = " ".join(written.replace(".", " ").replace(",", " ").split())
    return _CODES.get(words.casefold(), written.strip().upper())
