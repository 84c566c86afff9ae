"""Signatures are those of Standard Webhooks: against a vector that its libraries test themselves with."""

from base64 import b64decode

import pytest

from cti.named_secrets import NamedSecrets, NoSecret
from cti.results.signing import signed

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


def test_a_known_message_has_the_known_signature():
    (key,) = NamedSecrets({"CTI_SECRET_CRM": SECRET}).signing_keys("CRM")
    headers = signed("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b'{"test": 2432232314}', [key])
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_while_a_key_is_replaced_both_sign():
    keys = NamedSecrets({"CTI_SECRET_CRM": f"{OTHER} {SECRET}"}).signing_keys("CRM")
    assert keys == tuple(b64decode(each.removeprefix("whsec_")) for each in (OTHER, SECRET))
    assert signed("m", 1, b"", keys)["webhook-signature"].count("v1,") == 2


def test_a_secret_may_lie_in_a_file_and_one_in_the_environment_goes_before(tmp_path):
    (tmp_path / "CRM").write_text(f"{SECRET}\n")
    folder = {"CTI_SECRETS_DIR": str(tmp_path)}
    (key,) = NamedSecrets(folder).signing_keys("CRM")
    assert key == b64decode(SECRET.removeprefix("whsec_"))
    assert NamedSecrets({**folder, "CTI_SECRET_CRM": OTHER}).signing_keys("CRM") != (key,)
    with pytest.raises(NoSecret, match="set CTI_SECRET_OTHER, or put it into the file OTHER of CTI_SECRETS_DIR"):
        NamedSecrets(folder).signing_keys("OTHER")


@pytest.mark.parametrize("written", ["short", "whsec_c2hvcnQ=", "whsec_***", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
def test_what_cannot_sign_is_refused_without_repeating_it(written):
    with pytest.raises(NoSecret) as refused:
        NamedSecrets({"CTI_SECRET_CRM": written}).signing_keys("CRM")
    assert written not in str(refused.value)
