"""What no code here may use, and what the pure packages may not use on top of that."""

import ast
from itertools import accumulate

import pytest

from tests.house.sources import Source, imports, references, sources
from tests.house.test_imports import TABLE

NOWHERE = {
    "eval": "runs whatever text it is given; rules of users are CEL",
    "exec": "the same",
    "pickle": "runs whatever bytes it is given; messages have a codec",
    "os.system": "goes through a shell",
    "os.popen": "the same",
    "subprocess.getoutput": "the same",
    "subprocess.getstatusoutput": "the same",
    "asyncio.create_subprocess_shell": "the same",
    "yaml": "PyYAML reads `no` as false and 17:30 as 1050; ruamel.yaml does not",
    "phonenumbers.geocoder": "takes seconds and 150 MB to import",
}

NOT_IN_PURE_CODE = {
    "datetime.datetime.now": "time arrives as `at` on events",
    "datetime.datetime.utcnow": "the same",
    "datetime.datetime.today": "the same",
    "datetime.date.today": "the same",
    "hash": "differs between runs for text",
    "id": "differs between runs",
    "open": "reads the machine",
    "input": "reads the machine",
    "print": "writes to the machine",
    "__import__": "reads the machine",
}


def offences(source: Source) -> list[str]:
    """Each use of something banned in this file, as `path:line: what, why`."""
    pure = source.package in TABLE and TABLE[source.package].pure
    banned = NOWHERE | NOT_IN_PURE_CODE if pure else NOWHERE
    used = [*references(source), *((found.line, found.target) for found in imports(source))]
    found = {
        (line, f"{name}: {banned[name]}")
        for line, used_name in used
        for name in accumulate(used_name.split("."), "{}.{}".format)
        if name in banned
    }
    found |= {(line, "shell=True: arguments are lists") for line in shell_lines(source)}
    return [f"{source.path}:{line}: {what}" for line, what in sorted(found)]


def shell_lines(source: Source) -> list[int]:
    """The lines of calls that pass `shell` as anything but the literal False."""
    calls = [node for node in source.nodes if isinstance(node, ast.Call)]
    return [
        call.lineno
        for call in calls
        for keyword in call.keywords
        if keyword.arg == "shell" and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
    ]


def test_nothing_banned_is_used():
    assert [offence for source in sources("cti") for offence in offences(source)] == []


@pytest.mark.parametrize(
    "text",
    [
        "eval('1')",
        "exec(code)",
        "import pickle",
        "from pickle import loads",
        "import os as system_calls\nsystem_calls.system('ls')",
        "from os import system\nsystem('ls')",
        "import subprocess\nsubprocess.run('ls', shell=True)",
        "import yaml\nyaml.load(text)",
        "import phonenumbers\nphonenumbers.geocoder.description_for_number(number, 'en')",
        "from phonenumbers import geocoder",
    ],
)
def test_a_banned_call_is_found_anywhere(text):
    assert offences(Source("cti/api/x.py", text)) != []


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import datetime\ndatetime.now()",
        "import datetime as calendar\ncalendar.datetime.utcnow()",
        "from datetime import date as day\nday.today()",
        "sorted(agents, key=hash)",
        "def f(agent):\n    return id(agent)",
        "open('file')",
        "print('here')",
    ],
)
def test_a_call_that_makes_pure_code_impure_is_found_there_and_only_there(text):
    assert offences(Source("cti/acd/x.py", text)) != []
    assert offences(Source("cti/api/x.py", text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "self.evaluation.eval_count",
        "connection.exec_driver_sql('select 1')",
        "from ruamel.yaml import YAML\nyaml_reader = YAML()\nyaml_reader.load(text)",
        "import re\nre.compile('x')",
        "import subprocess\nsubprocess.run(['ls'], shell=False)",
    ],
)
def test_what_only_looks_banned_is_not(text):
    assert offences(Source("cti/api/x.py", text)) == []
