"""What environment variables may be: every mistake is told at once, and none is passed over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from yipan.kernel.errors import InvalidInput
from yipan.server import variables
from yipan.server.cli import main
from yipan.server.variables import OWN, VARIABLES, check, mistakes, unknown

ROOT = Path(__file__).parents[4]
HERE = str(Path(__file__))
NAME = re.compile(r"YIPAN_[A-Z][A-Z0-9_]*[A-Z0-9]")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "8000"),
        ("DEMO", "0"),
        ("HTTPS", "1"),
        ("DRAIN_SECONDS", "0"),
        ("TIME_ZONE", "Asia/Urumqi"),
        ("COUNTRY", "GB-ENG"),
        ("LOG_LEVEL", "info"),
        ("CIPHER", "sm4-gcm"),
        ("HOSTS", "beds.hospital.example,[::1]"),
        ("ORIGINS", "https://beds.hospital.example,https://other.example:8443"),
        ("PROXIES", "10.0.0.5, 10.1.0.0/24"),
        ("SECOND_FACTOR", "administrator, doctor"),
        ("DATABASE_URL", "postgresql://yipan:p%40ss@a:5432,b:5432/yipan?target_session_attrs=read-write"),
        ("DICOM_AE_TITLE", "YIPAN WL"),
        ("ARCHIVE_URL", "http://127.0.0.1:8042/dicom-web"),
        ("ARCHIVE_CA", HERE),
        ("PORT", ""),
    ],
)
def test_what_can_be_meant_is_accepted(name: str, value: str) -> None:
    """Values as the documentation shows them, and an empty one, which is none."""
    check({f"YIPAN_{name}": value})


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        *(("PORT", value, "port_invalid") for value in ("0", "65536", "http", "-1", "²")),
        *((name, "true", "setting_flag") for name in ("PRODUCTION", "HTTPS", "DEMO", "DEBUG", "SSO_SIGNUP")),
        ("WEB_WORKERS", "0", "setting_number"),
        ("SESSION_HOURS", "99999999999", "setting_number"),
        ("EMERGENCY_MINUTES", "1e3", "setting_number"),
        ("DATABASE_CONNECTIONS", "many", "setting_number"),
        ("TIME_ZONE", "Mars", "setting_zone"),
        ("TIME_ZONE", "../../etc/passwd", "setting_zone"),
        ("COUNTRY", "China", "setting_country"),
        ("LOG_LEVEL", "LOUD", "setting_option"),
        ("LOG_FORMAT", "xml", "setting_option"),
        ("CIPHER", "ROT13", "setting_option"),
        ("DICOM_CHARSET", "latin1", "setting_option"),
        ("SECOND_FACTOR", "administrator,king", "setting_option"),
        ("SECOND_FACTOR", "interface", "setting_option"),
        ("HOSTS", ",", "setting_hosts"),
        ("HOSTS", "beds.hospital.example, other.example", "setting_hosts"),
        ("ORIGINS", "beds.hospital.example", "setting_url"),
        ("ORIGINS", "https://beds.hospital.example/login", "setting_origin"),
        ("PROXIES", "10.0.0.5,proxy", "proxy_invalid"),
        ("SSO_URL", "login.hospital.example", "setting_url"),
        ("ARCHIVE_URL", "ftp://archive.example", "setting_url"),
        ("DATABASE_URL", "garbage", "database_url_invalid"),
        ("DATABASE_DIRECT_URL", "garbage", "database_url_invalid"),
        ("ARCHIVE_CA", "/nowhere/ca.pem", "setting_file"),
        *(("DICOM_AE_TITLE", value, "dicom_title_invalid") for value in ("A" * 17, "一盘", "A\\B", " ")),
    ],
)
def test_what_cannot_be_meant_is_named_with_its_variable(name: str, value: str, code: str) -> None:
    """One sentence, which names the variable."""
    (mistake,) = mistakes({f"YIPAN_{name}": value})
    assert (mistake.code, mistake.params["variable"]) == (code, f"YIPAN_{name}")


@pytest.mark.parametrize("of", ["HL7", "DICOM"])
def test_half_of_tls_is_refused(of: str) -> None:
    """A certificate without its key, or an authority alone, would leave messages unencrypted without a word."""
    names = {name: f"YIPAN_{of}_{name}" for name in ("CERT", "KEY", "CA")}
    for told, lacks in (("CERT", "KEY"), ("KEY", "CERT"), ("CA", "CERT")):
        (mistake,) = mistakes({names[told]: HERE})
        assert (mistake.code, mistake.params) == ("setting_alone", {"variable": names[told], "other": names[lacks]})
    assert list(mistakes(dict.fromkeys(names.values(), HERE))) == []


def test_every_mistake_is_told_at_once() -> None:
    """Not one at each start."""
    with pytest.raises(InvalidInput, match="settings_wrong") as caught:
        check({"YIPAN_PORT": "x", "YIPAN_HTTPS": "yes", "YIPAN_TIME_ZONE": "Asia/Shanghai"})
    assert sorted(code for code, _ in caught.value.params["mistakes"]) == ["port_invalid", "setting_flag"]


def test_what_is_misspelt_is_told_with_what_is_meant() -> None:
    """A variable that looks like ours and does nothing; others' variables are none of our business."""
    told = dict(unknown({"YIPAN_PROXYS": "10.0.0.5", "YIPAN_ZZZZZZZZZZ": "1", "HOME": "/", "YIPAN_DATA": "/data"}))
    assert told == {
        "setting_unknown_near": {"variable": "YIPAN_PROXYS", "near": "YIPAN_PROXIES"},
        "setting_unknown": {"variable": "YIPAN_ZZZZZZZZZZ"},
    }


@pytest.mark.parametrize("command", ["run", "web", "worker", "doctor", "migrate"])
def test_no_command_starts_with_a_wrong_setting(command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One sentence for each mistake and exit code 2, before a database is touched."""
    monkeypatch.chdir(tmp_path)
    told = {"YIPAN_STATE": str(tmp_path), "YIPAN_PORT": "x", "YIPAN_TIME_ZONE": "Mars", "LANG": "en", "LC_ALL": "en"}
    asked = CliRunner(env=told).invoke(main, [command])
    assert asked.exit_code == 2
    assert asked.stderr.splitlines() == [
        "Yipan does not start with these settings:",
        "- YIPAN_PORT is x, which is not a port. Give a number from 1 to 65535.",
        "- YIPAN_TIME_ZONE is “Mars”, which is no time zone. Give one such as Asia/Shanghai.",
    ]


def test_the_documentation_has_every_variable() -> None:
    """What may be set is in docs/reference/settings.md, and what stands there is known; so is what the guides name."""
    documented = set(NAME.findall((ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")))
    assert set(VARIABLES) <= documented
    texts = [*ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md"), *(p for p in (ROOT / "deploy").rglob("*") if p.is_file())]
    named = {name for path in texts for name in NAME.findall(path.read_text(encoding="utf-8"))}
    assert named <= {*VARIABLES, *OWN}


def test_what_the_code_reads_is_known() -> None:
    """No variable is read that is not looked at here."""
    reads = re.compile(r"""(?:environ(?:\.get|\.pop)?[\[(]|number\()["'](YIPAN_\w+)["']""")
    paths = [path for path in (ROOT / "src").rglob("*.py") if "tests" not in path.parts]
    named = {name for path in paths for name in reads.findall(path.read_text(encoding="utf-8"))}
    assert len(named) > 30
    assert named <= {*variables.VARIABLES, *variables.OWN}
