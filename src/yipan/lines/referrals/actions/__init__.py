"""One function for each verb of referrals: access of the right party, policy, spine, event."""

from yipan.lines.referrals.actions.after import (
    add_document,
    mark_milestone,
    plan_tasks,
    record_progress,
    tick_task,
    write_message,
)
from yipan.lines.referrals.actions.agreeing import end_agreement, import_agreements, save_agreement, set_rules
from yipan.lines.referrals.actions.down import dismiss_candidate, refer_candidate
from yipan.lines.referrals.actions.receiving import (
    accept_referral,
    arrive,
    close_referral,
    refuse_referral,
    reserve_places,
    return_referral,
    send_back,
    treat,
)
from yipan.lines.referrals.actions.sending import (
    depart,
    draft_referral,
    revise_referral,
    send_referral,
    withdraw_referral,
)

__all__ = [
    "accept_referral",
    "add_document",
    "arrive",
    "close_referral",
    "depart",
    "dismiss_candidate",
    "draft_referral",
    "end_agreement",
    "import_agreements",
    "mark_milestone",
    "plan_tasks",
    "record_progress",
    "refer_candidate",
    "refuse_referral",
    "reserve_places",
    "return_referral",
    "revise_referral",
    "save_agreement",
    "send_back",
    "send_referral",
    "set_rules",
    "tick_task",
    "treat",
    "withdraw_referral",
    "write_message",
]
