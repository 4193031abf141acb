"""What the worker's jobs and duties are called on the pages of administrators."""

from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _

WORK: dict[str, LazyString] = {
    "compare_index": _("Look for ideas that the search misses"),
    "count_promises": _("Count how promises are kept"),
    "count_words": _("Forget words that stand nowhere any more"),
    "forget_missed_searches": _("Forget searches in vain"),
    "forget_old_challenges": _("Forget used questions of second factors"),
    "forget_old_counts": _("Forget old counts of the limits"),
    "forget_old_sessions": _("Forget old sessions and links"),
    "forget_redacted": _("Forget texts before their redaction"),
    "forget_unconfirmed_addresses": _("Forget addresses that were not confirmed"),
    "forget_unconfirmed_readers": _("Forget newsletter orders that were not confirmed"),
    "forget_undone": _("Forget what can no longer be undone"),
    "forget_what_is_over": _("Nightly retention"),
    "forgetting": _("Take ideas out of the search"),
    "heal_index": _("Keep the search index whole"),
    "index": _("Put ideas into the search"),
    "keep_forms": _("Keep the words that have been read"),
    "keep_topical_order": _("Order ideas by how topical they are"),
    "learn_routing": _("Learn where ideas belong"),
    "look_for_mails": _("Look for mails that wait"),
    "look_for_news": _("Look for news in kept searches"),
    "mail": _("Send mails"),
    "make_daily_copy": _("Copy everything"),
    "make_digests": _("Make digests"),
    "new_address": _("Mail a link to a new address"),
    "newsletter": _("Send the newsletter"),
    "password_reset": _("Mail a link for a new password"),
    "refresh_statistics": _("Keep the database quick"),
    "routing-suggestion": _("Note what was suggested for routing"),
    "seal_audit_log": _("Seal the audit log"),
    "sign_in_code": _("Mail a code for signing in"),
}


def work_label(name: str) -> LazyString | str:
    """Give what a job or a duty is called; one that has no words yet is called by its name."""
    return WORK.get(name, name.replace("_", " "))
