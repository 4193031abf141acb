"""The settings of the employer's sign-in and of second factors stop the start when absurd."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint

from innovation.core.config import Settings, SettingsError
from innovation.core.permissions import Role
from innovation.federation import providers
from innovation.federation.models import Identity
from innovation.federation.visits import Right, rights_of

pytestmark = pytest.mark.once

WHOLE = {
    "OIDC_ISSUER": "https://tunnus.example/realm",
    "OIDC_CLIENT_ID": "innovation",
    "OIDC_CLIENT_SECRET": "secret",
}


def read(folder: Path, **told: str) -> Settings:
    variables = {f"INNOVATION_{name}": value for name, value in told.items()}
    return Settings.from_environment({"INNOVATION_INSTANCE": str(folder), **variables})


def test_a_whole_provider_is_taken(tmp_path: Path) -> None:
    assert read(tmp_path, **WHOLE).oidc_issuer == WHOLE["OIDC_ISSUER"]
    assert read(tmp_path).oidc_issuer == ""


def test_providers_are_a_list_and_what_uses_it_is_ready_for_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = read(tmp_path, **WHOLE)
    (first,) = providers.providers(settings)
    assert providers.providers(read(tmp_path)) == []
    second = replace(first, issuer="https://toinen.example", name="Toinen")
    monkeypatch.setattr(providers, "providers", lambda _settings: [first, second])
    for one in (first, second):
        assert providers.provider_of(settings, one.issuer) is one
    assert providers.provider_of(settings, "https://kolmas.example") is None
    # The same person there and here are two: known by who says it, and by what.
    assert {"issuer", "subject"} in [
        {column.name for column in kept.columns}
        for kept in Identity.__table__.constraints  # type: ignore[attr-defined]
        if isinstance(kept, UniqueConstraint | PrimaryKeyConstraint)
    ]


@pytest.mark.parametrize(
    "told",
    [
        {"OIDC_CLIENT_ID": "innovation"},
        {**WHOLE, "OIDC_CLIENT_SECRET": ""},
        {**WHOLE, "OIDC_ISSUER": "http://tunnus.example"},
        {**WHOLE, "OIDC_ISSUER": "http://localhost.evil.example"},
        {**WHOLE, "OIDC_RIGHTS": "groups=moderator"},
        {**WHOLE, "OIDC_RIGHTS": "groups:a=king"},
        {**WHOLE, "OIDC_RIGHTS": "groups:a=lead"},
        {**WHOLE, "OIDC_RIGHTS": "groups:a=lead:@"},
        {**WHOLE, "OIDC_RIGHTS": "groups:a=lead:ikaihmiset@"},
        {**WHOLE, "OIDC_RIGHTS": "groups:a=staff:@oulu"},
        {"SECOND_FACTOR": "everybody"},
    ],
)
def test_half_a_provider_stops_the_start(tmp_path: Path, told: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        read(tmp_path, **told)


def test_rules_read_texts_and_lists() -> None:
    rules = "groups:urn:x:mods=moderator;title:Lead nurse=lead:ikaihmiset"
    staff = Right(Role.STAFF)
    assert rights_of(rules, {}) == {staff}
    assert rights_of(rules, {"groups": "urn:x:mods"}) == {staff, Right(Role.MODERATOR)}
    areas = "groups:a=lead:@oulu;groups:a=lead:ikaihmiset@oulu"
    leads = {Right(Role.LEAD, "", "oulu"), Right(Role.LEAD, "ikaihmiset", "oulu")}
    assert rights_of(areas, {"groups": "a"}) == {staff, *leads}
    claims = {"groups": ["other", 5], "title": "Lead nurse"}
    assert rights_of(rules, claims) == {staff, Right(Role.LEAD, "ikaihmiset")}
    assert rights_of(rules, {"groups": {"urn:x:mods": True}}) == {staff}
