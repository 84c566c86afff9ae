"""The program as a package: what `pip install` of the wheel gives is enough, in an empty folder."""

import asyncio
import json
import os
import site
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = f"from hatchling.build import build_wheel; build_wheel({str(folder)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=ROOT, check=True, capture_output=True)
    (file,) = folder.glob("*.whl")
    return file


def test_the_example_centre_is_in_it(wheel):
    packed = set(zipfile.ZipFile(wheel).namelist())
    files = {str(path.relative_to(ROOT / "config")) for path in (ROOT / "config").rglob("*") if path.is_file()}
    assert {f"cti/cli/demo/centre/{name}" for name in files} <= packed
    assert not any(name.startswith(("tests/", "benchmarks/")) for name in packed)


@pytest.mark.slow
async def test_it_plays_where_there_is_no_checkout(wheel, tmp_path):
    home = tmp_path / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    (packages,) = home.glob("lib/python*/site-packages")
    zipfile.ZipFile(wheel).extractall(packages)
    # What it depends on is borrowed from here; files of `cti` itself are not, as these packages come first.
    (packages / "borrowed.pth").write_text("\n".join(site.getsitepackages()))
    empty = tmp_path / "empty"
    empty.mkdir()
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("CTI_", "PYTHON"))}
    where = await asyncio.create_subprocess_exec(
        str(home / "bin" / "python"), "-c", "import cti; print(cti.__file__)", cwd=empty, env=ours,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert (await where.communicate())[0].decode().startswith(str(packages))
    process = await asyncio.create_subprocess_exec(
        str(home / "bin" / "python"), "-m", "cti", "demo", "--for", "4s", "--json", cwd=empty, env=ours,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, errors = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode == 0, errors.decode()
    assert json.loads(output.decode().splitlines()[-1])["contacts"] > 0
