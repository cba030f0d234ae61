"""The count of the chaos trial sees what it is there to see: each loss, each double, each thing nobody approved."""

from dataclasses import replace

from bench.chaos_parts.counting import Account, Approval, Verdict, count
from bench.chaos_parts.effects import Deed, Entry, Found, Letter, Outside

CANCEL = Deed("#W1", '{"kind":"cancel_order"}')
REPLY = Letter("<in@customer.example>", "thandi@customer.example", "Re: My order", "It is cancelled.")
OTHER_REPLY = replace(REPLY, text="It is on its way.")
QUESTION = replace(REPLY, text="Which order do you mean?")

ANSWERED = Account("INQ-1", outcome="answered", says_done=1, approvals=(Approval(deeds=(CANCEL,), letter=REPLY),))
GOOD = Outside(
    deeds=[Found("INQ-1/a1/1/0", CANCEL)],
    letters=[Found("<r1@shop.example>", REPLY)],
    entries=[Entry("INQ-1/log/1/0", "INQ-1", "answered")],
    changed_orders=frozenset({"#W1"}),
    overpaid_orders=frozenset(),
)


def counted(account: Account = ANSWERED, **outside: object) -> Verdict:
    """The count of one enquiry, with something else at the systems than there should be."""
    return count([account], replace(GOOD, **outside))  # type: ignore[arg-type]


def test_an_enquiry_whose_effects_are_all_there_once_is_good() -> None:
    verdict = counted()
    assert verdict.good
    assert verdict.completed == 1


def test_an_enquiry_that_neither_ended_nor_waits_is_lost() -> None:
    verdict = counted(replace(ANSWERED, outcome="", says_done=0))
    assert len(verdict.lost) == 1
    assert verdict.completed == 0


def test_an_enquiry_that_waits_for_a_person_is_counted_with_its_reason() -> None:
    verdict = counted(replace(ANSWERED, outcome="", waits_for="Was it done?"))
    assert verdict.good
    assert verdict.waiting == ["INQ-1 waits: Was it done?"]


def test_an_approved_change_that_is_not_there_is_lost() -> None:
    assert counted(deeds=[], changed_orders=frozenset()).lost


def test_an_approved_mail_that_did_not_arrive_is_lost() -> None:
    assert len(counted(letters=[]).lost) == 1


def test_an_outcome_that_is_not_logged_is_lost() -> None:
    assert len(counted(entries=[]).lost) == 1


def test_a_log_entry_of_another_outcome_is_no_log_entry() -> None:
    assert counted(entries=[Entry("k", "INQ-1", "rejected")]).lost


def test_a_change_that_the_result_does_not_tell_of_is_lost_to_the_record() -> None:
    assert len(counted(replace(ANSWERED, says_done=0)).lost) == 1


def test_a_change_that_the_result_tells_to_be_in_doubt_may_be_there_or_not() -> None:
    aborted = replace(ANSWERED, outcome="aborted", says_done=0, in_doubt=1)
    logged = [Entry("k", "INQ-1", "aborted")]
    assert counted(aborted, entries=logged).good
    assert counted(aborted, entries=logged, deeds=[], letters=[], changed_orders=frozenset()).good


def test_a_change_that_was_taken_back_counts_as_none() -> None:
    done, undone = Deed("#W1", '{"address":"new"}'), Deed("#W1", '{"address":"old"}')
    account = Account("INQ-1", outcome="rejected", approvals=(Approval(deeds=(done,)),), taken_back=((done, undone),))
    logged = [Entry("k", "INQ-1", "rejected")]
    both = [Found("k1", done), Found("k2", undone)]
    assert counted(account, deeds=both, letters=[], entries=logged, changed_orders=frozenset()).good
    assert counted(account, deeds=both[:1], letters=[], entries=logged).lost


def test_a_change_done_twice_under_two_keys_is_seen_by_its_content() -> None:
    twice = [*GOOD.deeds, Found("INQ-1/a1/1/1", CANCEL)]
    assert len(counted(deeds=twice).duplicated) == 1


def test_another_change_under_the_same_key_is_seen_by_the_key() -> None:
    other = Deed("#W1", '{"kind":"change_payment"}')
    account = replace(ANSWERED, approvals=(Approval(deeds=(CANCEL, other), letter=REPLY),), says_done=2)
    assert len(counted(account, deeds=[*GOOD.deeds, Found("INQ-1/a1/1/0", other)]).duplicated) == 1


def test_changes_of_a_system_without_keys_are_told_apart_by_content() -> None:
    other = Deed("#W1", '{"kind":"change_payment"}')
    account = replace(ANSWERED, approvals=(Approval(deeds=(CANCEL, other), letter=REPLY),), says_done=2)
    assert counted(account, deeds=[Found("", CANCEL), Found("", other)]).good
    assert len(counted(deeds=[Found("", CANCEL), Found("", CANCEL)]).duplicated) == 1


def test_two_copies_of_a_mail_are_one_too_many_whatever_their_message_ids() -> None:
    for message_id in ("<r1@shop.example>", "<r2@shop.example>"):
        assert len(counted(letters=[*GOOD.letters, Found(message_id, REPLY)]).duplicated) == 1


def test_two_replies_to_one_enquiry_are_one_too_many_though_both_were_approved() -> None:
    account = replace(ANSWERED, approvals=(Approval(letter=OTHER_REPLY), *ANSWERED.approvals))
    assert len(counted(account, letters=[Found("<r0@shop.example>", OTHER_REPLY), *GOOD.letters]).duplicated) == 1


def test_a_question_and_a_reply_are_two_mails() -> None:
    account = replace(ANSWERED, approvals=(Approval(letter=QUESTION, question=True), *ANSWERED.approvals))
    assert counted(account, letters=[Found("<q@shop.example>", QUESTION), *GOOD.letters]).good


def test_an_outcome_that_is_logged_twice_is_seen() -> None:
    assert len(counted(entries=[*GOOD.entries, Entry("k2", "INQ-1", "answered")]).duplicated) == 1


def test_a_mail_that_nobody_approved_is_seen_though_its_thread_is_known() -> None:
    assert len(counted(letters=[*GOOD.letters, Found("<x@shop.example>", OTHER_REPLY)]).unapproved) == 1


def test_a_change_that_nobody_approved_is_seen() -> None:
    other = Deed("#W2", '{"kind":"cancel_order"}')
    verdict = counted(deeds=[*GOOD.deeds, Found("k", other)], changed_orders=frozenset({"#W1", "#W2"}))
    assert len(verdict.unapproved) == 1


def test_what_a_rejected_enquiry_did_is_seen() -> None:
    rejected = Account("INQ-1", outcome="rejected")
    verdict = counted(rejected, entries=[Entry("k", "INQ-1", "rejected")])
    assert len(verdict.unapproved) == 2


def test_an_order_that_changed_without_a_word_is_seen() -> None:
    assert len(counted(changed_orders=frozenset({"#W1", "#W9"})).unapproved) == 1


def test_an_order_for_which_more_was_paid_back_than_paid_is_seen() -> None:
    assert len(counted(overpaid_orders=frozenset({"#W1"})).duplicated) == 1
