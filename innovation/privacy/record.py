"""The record of processing (article 30) and the draft of an impact assessment, as pages.

Both are written from the register, so that neither can say something else than the service does.
"""

from collections import defaultdict

from innovation.privacy.register import FOLDER, KINDS, Purpose, Table, kept, purposes, tables

MADE = "This page is made by `flask privacy record` from the register in"
REGISTER = "[innovation/privacy/declared](../innovation/privacy/declared)"
_BASES = {
    "public task": "task carried out in the public interest, article 6(1)(e), tietosuojalaki 4 §",
    "legal duty": "legal obligation, article 6(1)(c)",
    "consent": "consent, article 6(1)(a), which can be taken back at any time",
}
_UNSAID = {"number": "no: it leads to others", "secret": "no: it opens something"}
_RULES = {
    "row": "the row goes",
    "null": "emptied",
    "empty": "emptied",
    "blank": "emptied",
    "signature": "emptied, or a year later when the person lets the name stay",
    "text": "emptied when nobody has built on it, else stays without a name",
    "holding": "the row goes",
    "keep": "stays",
}


def record(days: dict[str, int]) -> str:
    """Give the record of processing as Markdown. days: of each class of retention."""
    lines = [
        "# Record of processing activities",
        "",
        f"{MADE} {REGISTER}; a test fails when it is older than that. It says what the service",
        "does. The controller adds its own name, its data protection officer, its processors and",
        "where the servers stand before opening.",
        "",
        "| | |",
        "|---|---|",
        "| Controller, contact, data protection officer | from the settings of the programme; "
        "the privacy notice shows them |",
        "| Recipients | nobody outside the controller, but for those who run servers and mail |",
        "| Transfers to third countries | none: nothing is sent to other services, no script, "
        "font or map of others is loaded |",
        "| Automated decisions | none: suggestions only sort what a person decides |",
        "| Special categories | ideas can tell of health; see [dpia.md](dpia.md) |",
        "| Logs | the service writes no network address; counts against robots are keyed hashes "
        "for 24 hours at the most; a proxy before it keeps its own, 30 days at the most |",
        "| Security | see [security.md](security.md), [access.md](access.md) and the decisions in "
        "[adr](adr) |",
        "",
    ]
    groups: dict[str, list[Table]] = defaultdict(list)
    for table in tables().values():
        if table.personal:
            groups[table.purpose].append(table)
    for name, purpose in purposes().items():
        if groups[name]:
            lines += _purpose(purpose, groups[name], days)
    plain = sorted(one.name for one in tables().values() if not one.personal)
    named = ", ".join(f"`{one}`" for one in plain)
    lines += ["## Tables without personal data", "", f"{named}.", ""]
    return "\n".join(lines)


def _purpose(purpose: Purpose, group: list[Table], days: dict[str, int]) -> list[str]:
    lines = [
        f"## {purpose.what}",
        "",
        f"- Legal basis: {_BASES[purpose.basis]}.",
        f"- People: {purpose.people}.",
        f"- Who sees it: {purpose.seen_by}.",
        "",
        "| Data | Column | Kind | When its person leaves | Kept | In own data |",
        "|---|---|---|---|---|---|",
    ]
    for table in group:
        given = f"no: {table.not_given}" if table.not_given else "yes"
        time = kept()[table.kept].format(**days)
        for column in table.personal.values():
            rule = _RULES[column.rule] + (f": {column.why}" if column.why else "")
            said = _UNSAID.get(column.kind, given) if column.name != "id" else given
            lines.append(
                f"| {table.what} | `{table.name}.{column.name}` | {KINDS[column.kind]} | {rule} "
                f"| {time} | {said} |"
            )
    return [*lines, ""]


def assessment(days: dict[str, int]) -> str:
    """Give the draft of the impact assessment (article 35) as Markdown."""
    counted: dict[str, int] = defaultdict(int)
    for table in tables().values():
        for column in table.personal.values():
            counted[column.kind] += 1
    kinds = [f"| {KINDS[kind]} | {counted[kind]} |" for kind in KINDS if counted[kind]]
    text = (FOLDER / "assessment.md").read_text(encoding="utf-8")
    return text.format(made=f"{MADE}\n{REGISTER}", kinds="\n".join(kinds), **days)
