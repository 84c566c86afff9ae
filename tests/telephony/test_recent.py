from cti.telephony.twilio.recent import Recent


def test_what_was_put_longest_ago_makes_room():
    recent = Recent(2)
    for key in ("a", "b", "a", "c"):
        recent.put(key, key.upper())
    assert [recent.get(key) for key in ("a", "b", "c")] == ["A", None, "C"]


def test_it_forgets():
    recent = Recent(2)
    recent.put("a", 1)
    recent.forget("a")
    recent.forget("never")
    assert recent.get("a") is None
