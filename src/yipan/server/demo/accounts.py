"""Accounts of the demo, one for each role. Their password is printed when the demo starts: never for real use."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "yipan-demo"  # noqa: S105 - printed on purpose, and only where the demo runs


@dataclass(frozen=True, slots=True)
class Account:
    """A login: who it is, which role, at which organisation, and for which ward or post."""

    username: str
    name: str
    role: str
    organisation: str
    ward: str = ""
    post_in: str = ""
    name_en: str = ""


ACCOUNTS = (
    Account("coordinator", "周敏", "coordinator", "YJ"),
    Account("nurse", "何静", "ward_nurse", "YJ1", ward="YJ1-NSU2"),
    Account("doctor", "彭建华", "doctor", "YJ1", post_in="YJ1-NEU", name_en="Peng Jianhua"),
    Account("village", "罗桂英", "doctor", "QSV001", post_in="QSV001-GEN", name_en="Luo Guiying"),
    Account("technician", "邓凯", "technician", "YJ1", post_in="YJ1-IMG", name_en="Deng Kai"),
    Account("reader", "许文博", "reader", "YJ"),
    Account("dispatcher", "江涛", "dispatcher", "YJ"),
    Account("manager", "林志强", "manager", "YJ"),
    Account("integrator", "唐晓东", "integrator", "YJ"),
    Account("admin", "韩雪", "administrator", "YJ"),
    Account("officer", "沈文", "privacy_officer", "YJ"),
)


def logins() -> list[str]:
    """One line for each account, as the terminal shows it."""
    width = max(len(a.username) for a in ACCOUNTS)
    return [f"{a.username:{width}}  {PASSWORD}" for a in ACCOUNTS]


def create() -> None:
    """Make the accounts; those with a post take over that of the department's first, and its patients or devices."""
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User

    from yipan.base.access.models import Grant, Practitioner
    from yipan.base.network.models import Organisation, Ward

    hashed = make_password(PASSWORD)  # once: they all have the same, and it takes a third of a second
    for account in ACCOUNTS:
        user = User.objects.create(username=account.username, password=hashed, first_name=account.name)
        ward = Ward.objects.get(code=account.ward) if account.ward else None
        Grant.objects.create(
            user=user,
            role=account.role,
            organisation=Organisation.objects.get(code=account.organisation),
            ward=ward,
        )
        if account.post_in:
            post = Practitioner.objects.filter(department__code=account.post_in).order_by("code").first()
            if post is not None:
                post.user, post.name, post.name_en = user, account.name, account.name_en
                post.save()
