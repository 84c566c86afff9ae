"""A site that was started goes on with its configuration; a folder of files that says otherwise is told of."""

from tests.cli.dnc_side import MIAMI, example_with_registries, start_and_stop
from tests.serving import command

NOON = ("--at", "2026-11-24T12:00:00-05:00")


async def test_rules_that_are_not_in_force_are_told_of(tmp_path):
    example_with_registries(tmp_path)
    await start_and_stop(tmp_path)
    explained = ("dialer", "explain", MIAMI, "--campaign", "us-sales", *NOON)
    for asked in (("check", "config"), explained):
        status, output, errors = await command(tmp_path, *asked)
        assert (status, errors) == (0, "")
        assert "otherwise" not in output
        assert "runs another" not in output
    path = tmp_path / "config" / "do_not_call.yaml"
    path.write_text(path.read_text().replace("  example: true # In earnest: an account", "  # In earnest: an account"))
    status, output, _ = await command(tmp_path, "check", "config")
    assert status == 0
    assert f"The site in {tmp_path}/data runs another configuration, and goes on with it: do_not_call.yaml: " in output
    assert "us_national" in output.splitlines()[-2]
    status, output, _ = await command(tmp_path, *explained)
    assert output.startswith("Yes")
    assert "The tree of files says otherwise, which is not in force: do_not_call.yaml:" in " ".join(output.split())
    path.write_text("a: ]")
    _, output, _ = await command(tmp_path, *explained)
    assert "there are mistakes in" in " ".join(output.split())


async def test_a_journal_that_cannot_be_compared_costs_no_check(tmp_path):
    example_with_registries(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "journal.db").write_bytes(b"no database at all, but long enough to be looked at" * 99)
    status, output, errors = await command(tmp_path, "check", "config")
    assert (status, errors) == (0, "")
    assert "Whether the site here runs this configuration cannot be told: The journal cannot be opened" in output
