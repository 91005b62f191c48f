"""What environment variables say, and the sentence codes for those that are wrong."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from yipan.kernel.errors import InvalidInput, Unavailable
from yipan.server import environment


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing set: this machine only, ports 8000 and 2575, `var` here, demo wanted."""
    for name in ("YIPAN_HOST", "YIPAN_PORT", "YIPAN_HL7_HOST", "YIPAN_HL7_PORT", "YIPAN_STATE", "YIPAN_DEMO"):
        monkeypatch.delenv(name, raising=False)
    assert environment.web_url() == "http://127.0.0.1:8000"
    assert environment.hl7_address() == ("127.0.0.1", 2575)
    assert environment.state_directory() == Path.cwd() / "var"
    assert environment.wants_demo()


@pytest.mark.parametrize(
    ("host", "url"), [("0.0.0.0", "http://127.0.0.1:80"), ("::1", "http://[::1]:80"), ("h", "http://h:80")]
)
def test_the_address_for_a_browser(monkeypatch: pytest.MonkeyPatch, host: str, url: str) -> None:
    """An address to type: "everywhere" becomes this machine, IPv6 gets brackets."""
    monkeypatch.setenv("YIPAN_HOST", host)
    monkeypatch.setenv("YIPAN_PORT", "80")
    assert environment.web_url() == url


def test_a_port_in_use_is_noticed() -> None:
    """A listener's port is refused; after it closed the port is free, although the system still remembers it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        with pytest.raises(Unavailable, match="port_in_use"):
            environment.require_free(address, "YIPAN_PORT")
        client = socket.create_connection(address)
        listener.accept()[0].close()  # our side closes first and stays in TIME_WAIT
        client.close()
    environment.require_free(address, "YIPAN_PORT")


def test_the_secret_key_is_made_once_for_its_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kept between starts, readable by the owner only, and the variable wins."""
    monkeypatch.delenv("YIPAN_SECRET_KEY", raising=False)
    first = environment.secret_key(tmp_path)
    assert len(first) >= 50
    assert environment.secret_key(tmp_path) == first
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("YIPAN_SECRET_KEY", "mine")
    assert environment.secret_key(tmp_path) == "mine"


def test_the_worklist_service_is_asked_for_by_its_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a port there is none; with one it listens on this machine only, as YIPAN, in UTF-8."""
    for name in ("HOST", "PORT", "AE_TITLE", "CHARSET"):
        monkeypatch.delenv(f"YIPAN_DICOM_{name}", raising=False)
    assert environment.dicom_address() is None
    monkeypatch.setenv("YIPAN_DICOM_PORT", "11112")
    assert environment.dicom_address() == ("127.0.0.1", 11112)
    assert (environment.dicom_title(), environment.dicom_charset()) == ("YIPAN", "ISO_IR 192")


def test_the_country_is_china_unless_another_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its holidays must be known: a code that looks like one and is none is refused."""
    monkeypatch.delenv("YIPAN_COUNTRY", raising=False)
    assert environment.country() == "CN"
    monkeypatch.setenv("YIPAN_COUNTRY", "SG")
    assert environment.country() == "SG"
    monkeypatch.setenv("YIPAN_COUNTRY", "XX")
    with pytest.raises(InvalidInput, match="forecast_country"):
        environment.country()


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line without a value in a file of variables never means "listen everywhere"."""
    for name in ("HOST", "PORT", "HL7_HOST", "HL7_PORT", "DICOM_PORT", "WEB_WORKERS", "DRAIN_SECONDS"):
        monkeypatch.setenv(f"YIPAN_{name}", "")
    assert environment.web_address() == ("127.0.0.1", 8000)
    assert environment.hl7_address() == ("127.0.0.1", 2575)
    assert (environment.dicom_address(), environment.web_workers(), environment.drain_seconds()) == (None, 1, 0)
