"""Who may open what: one line an endpoint, in words first. A route that is not here fails.

`who` are the roles that get in. `of` says that the address names a thing of one company, which an
officer of another company must be told does not exist. Whoever is signed in but not named is
refused (403); whoever is not signed in is sent to the sign-in page, or gets 401 from the API.
"""

from dataclasses import dataclass

WORKER = frozenset({"worker", "team_member"})  # a team member works on a line too
TEAM = frozenset({"team_member", "safety_officer"})
OFFICER = frozenset({"safety_officer"})
COMPLIANCE = frozenset({"safety_officer", "park_manager"})
DIGEST = frozenset({"park_manager"})
RULES = frozenset({"safety_officer", "park_manager"})
RISK = frozenset({"safety_officer", "park_manager"})
NOTICES = frozenset({"safety_officer", "park_manager"})
FEEDBACK = frozenset({"team_member", "safety_officer", "park_manager"})
MANAGER = frozenset({"park_manager"})
SENDERS = frozenset({"safety_officer", "park_manager"})
ADMIN = frozenset({"admin"})
PROVINCE = frozenset({"province_staff"})
GATE = frozenset({"gate"})
KIOSKS = frozenset({"safety_officer", "admin"})
SECOND_PROOF = frozenset({"safety_officer", "park_manager", "province_staff", "admin"})
SIGNED_IN = frozenset(
    {"worker", "team_member", "safety_officer", "gate", "park_manager", "province_staff", "admin"}
)
ANYBODY = SIGNED_IN | {"anonymous"}


@dataclass(frozen=True, slots=True)
class Line:
    """One endpoint's policy in words, and the roles that get in.

    `of`: the address names a thing that only its own company's people may reach.
    `own`: it acts on the caller's own things; those of others stay as they are.
    `lacks`: the crowd's thing has not got what this address wants; 404 is an answer to its own too.
    `proves`: whoever calls proves who they are in the body, so 401 and 403 are answers too.
    """

    words: str
    who: frozenset[str]
    of: bool = False
    own: bool = False
    lacks: bool = False
    proves: bool = False


POLICY: dict[str, Line] = {
    # Bulletins
    "bulletins.list_bulletins": Line("the province writes bulletins", PROVINCE),
    "bulletins.write_one": Line("the province writes bulletins", PROVINCE),
    "bulletins.edit_one": Line("the province writes bulletins", PROVINCE),
    "bulletins.show_bulletin": Line("the province writes bulletins", PROVINCE),
    "bulletins.print_bulletin": Line("the province prints bulletins", PROVINCE),
    "bulletins.publish_one": Line("the province publishes", PROVINCE),
    "bulletins.withdraw_one": Line("the province withdraws", PROVINCE),
    "bulletins.discard_one": Line("the province throws a draft away", PROVINCE),
    "bulletins.download_case_list": Line("an empty list holds nothing of anybody", PROVINCE),
    "bulletins.renew_channel_link": Line("the province changes a secret address", PROVINCE),
    "rule_desk.list_rules": Line("the province sends rules to parks", PROVINCE),
    "rule_desk.write_one": Line("the province sends rules to parks", PROVINCE),
    "rule_desk.show_rules": Line("the province sends rules to parks", PROVINCE),
    "rule_desk.send_one": Line("the province sends rules to parks", PROVINCE),
    "rule_desk.discard_one": Line("the province throws a document away", PROVINCE),
    "province_rules.list_arrivals": Line("what rules the province sent", RULES | TEAM),
    "bulletin_board.list_open": Line("bulletins name nobody", ANYBODY),
    "bulletin_board.show_open": Line("bulletins name nobody", ANYBODY, lacks=True),
    "bulletin_board.show_feed": Line("bulletins name nobody", ANYBODY),
    "bulletin_board.show_channel": Line("whoever has the address", ANYBODY, lacks=True),
    "bulletin_board.show_in_channel": Line("whoever has the address", ANYBODY, lacks=True),
    "bulletin_board.show_channel_feed": Line("whoever has the address", ANYBODY, lacks=True),
    # The node itself
    "static": Line("files of the page kit hold nothing of anybody", ANYBODY),
    "joined": Line("style sheets and scripts of the page kit, joined", ANYBODY),
    "offline.show_service_worker": Line(
        "keeps shells on phones, holds nothing of anybody", ANYBODY
    ),
    "offline.show_offline": Line("a nameless shell", ANYBODY),
    "offline.show_manifest": Line("the name and icons of the program", ANYBODY),
    "upkeep_health.show_health": Line("programs ask whether the process is up", ANYBODY),
    "metrics.show_metrics": Line("this machine reads figures of nobody", ANYBODY),
    "upkeep_health.show_readiness": Line("programs ask whether the node can work", ANYBODY),
    "api_document.show_document": Line("programs read what they may call", ANYBODY),
    "upkeep_node.show_node": Line("the administrator sees what is wrong with the node", ADMIN),
    "upkeep_channels.show_channels": Line("the administrator sees how channels do", ADMIN),
    "upkeep_channels.pause": Line("the administrator puts a channel to rest", ADMIN, lacks=True),
    "upkeep_channels.resume": Line("the administrator sets it going again", ADMIN, lacks=True),
    "upkeep_channels.try_out": Line("the administrator tries a channel out", ADMIN, lacks=True),
    "upkeep_zalo.show_account": Line("the administrator sees the account", ADMIN, lacks=True),
    "upkeep_zalo.keep_pasted": Line("the administrator gives tokens", ADMIN, lacks=True),
    "upkeep_zalo.begin_consent": Line("the administrator asks for consent", ADMIN, lacks=True),
    "upkeep_zalo.show_consent": Line("the administrator reads the answer", ADMIN, lacks=True),
    "upkeep_zalo.keep_consent": Line("the administrator takes the grant", ADMIN, lacks=True),
    "upkeep_zalo.refresh_templates": Line("the administrator asks Zalo", ADMIN, lacks=True),
    "upkeep_certificate.show_certificate": Line("anybody reads how to trust the node", ANYBODY),
    "upkeep_certificate.download_authority": Line(
        "anybody takes the authority's certificate", ANYBODY, lacks=True
    ),
    "retention.show_retention": Line("the administrator sees how long what is kept", ADMIN),
    "retention.ask_purge": Line("the administrator counts what is due, no names", ADMIN),
    "retention.purge_now": Line("the administrator removes what is due", ADMIN),
    "retention.change_days": Line("the administrator sets days within bounds", ADMIN),
    "breaches.list_all": Line("the administrator sees breaches", ADMIN),
    "breaches.write_one": Line("the administrator writes a breach down", ADMIN),
    "breaches.show_breach": Line("the administrator sees a breach", ADMIN),
    "breaches.say_more": Line("the administrator says who was told", ADMIN),
    "breaches.print_notice": Line("the administrator prints the notice", ADMIN),
    "upkeep_backups.show_backups": Line("the administrator sees the backups, not inside", ADMIN),
    "upkeep_backups.show_progress": Line("the administrator sees how far it is", ADMIN),
    "upkeep_backups.make_recovery_sheet": Line("the administrator makes the recovery sheet", ADMIN),
    "upkeep_backups.make_backup": Line("the administrator makes a backup", ADMIN),
    # Signing in, one's own account
    "dashboards.home": Line("sends everybody to their own first page", ANYBODY),
    "accounts.sign_in": Line("how anybody comes in", ANYBODY, proves=True),
    "accounts.open_card": Line("a card's code leads to the sign-in page", ANYBODY),
    "accounts_api.find_card": Line(
        "a scanned card says what is printed on it, no name", ANYBODY, proves=True
    ),
    "accounts.sign_out": Line("leaving is always possible", ANYBODY),
    "accounts.recover": Line("back in with a printed code", ANYBODY, proves=True),
    "accounts_api.sign_in": Line("how a phone comes in", ANYBODY, proves=True),
    "accounts_api.change_pin": Line("a worker chooses a PIN", WORKER),
    "accounts_api.revoke_device": Line("a phone signs itself off", SIGNED_IN, own=True),
    "accounts.show_my_account": Line("one's own account", SIGNED_IN),
    "accounts.change_own_secret": Line("one's own password", SIGNED_IN, proves=True),
    "accounts.change_own_pin": Line("one's own PIN", SIGNED_IN, proves=True),
    "accounts.give_code": Line("the second proof at sign-in", ANYBODY, proves=True),
    "accounts.show_second_factor": Line("one's own second proof", SECOND_PROOF),
    "accounts.begin_second_step": Line("sets up one's own", SECOND_PROOF, proves=True),
    "accounts.confirm_second_step": Line("sets up one's own", SECOND_PROOF, proves=True),
    "accounts.make_spare_codes": Line("one's own printed codes", SECOND_PROOF),
    "accounts.drop_second_step": Line("gives up one's own", SECOND_PROOF, proves=True),
    "accounts.make_recovery_codes": Line("one's own codes", SIGNED_IN),
    "accounts.end_sessions": Line("ends one's own sessions", SIGNED_IN, own=True),
    "accounts.end_own_session": Line("ends one of one's own sessions", SIGNED_IN, own=True),
    "accounts.revoke_own_device": Line("takes one's own lost phone out", SIGNED_IN, own=True),
    "first_steps.put_away": Line("hides one's own first steps", SIGNED_IN),
    "first_steps.take_out": Line("shows one's own first steps again", SIGNED_IN),
    # Accounts of the office
    "accounts_admin.list_accounts": Line("the administrator keeps the accounts", ADMIN),
    "accounts_admin.create_account": Line("the administrator keeps the accounts", ADMIN),
    "accounts_admin.show_account": Line("the administrator keeps the accounts", ADMIN, of=True),
    "accounts_admin.give_account_role": Line("the administrator gives roles", ADMIN, of=True),
    "accounts_admin.take_account_role": Line("the administrator takes roles", ADMIN, of=True),
    "accounts_admin.set_account_active": Line("the administrator locks accounts", ADMIN, of=True),
    "accounts_admin.reset_account_secret": Line("the administrator resets", ADMIN, of=True),
    "accounts_admin.revoke_account_device": Line("the administrator revokes", ADMIN, of=True),
    "accounts_admin.end_account_sessions": Line("the administrator ends sessions", ADMIN, of=True),
    "accounts_admin.reset_account_second_factor": Line(
        "the administrator helps after a lost phone", ADMIN, of=True
    ),
    "accounts_admin.show_demands": Line("the administrator demands second proofs", ADMIN),
    "accounts_admin.set_demands": Line("the administrator demands second proofs", ADMIN),
    "accounts_admin.end_account_session": Line("the administrator ends sessions", ADMIN, of=True),
    # Shells that open offline hold no name and no token
    "shells.show_check_in": Line("a nameless shell", ANYBODY),
    "shells.show_inbox": Line("a nameless shell", ANYBODY),
    "shells.show_my_record": Line("a nameless shell", ANYBODY),
    "shells.show_ringing": Line("a nameless page", ANYBODY),
    "shells.show_last_known": Line("a nameless shell", ANYBODY),
    "shells.show_outbox": Line("a nameless shell", ANYBODY),
    "shells.show_sign_in": Line("a nameless shell", ANYBODY),
    "gate.show_pass": Line("a nameless shell", ANYBODY),
    "gate.show_gate": Line("a nameless shell", ANYBODY),
    # What gates are told
    "gate_api.show_keys": Line("a gate reads public keys and what is revoked", GATE),
    "gate_api.show_roster": Line("a gate reads who may enter, of its own companies", GATE),
    # Kiosks
    "kiosks.show_kiosk": Line("a nameless shell", ANYBODY),
    "kiosks.list_company_kiosks": Line("officer and administrator keep the kiosks", KIOSKS),
    "kiosks.create_kiosk": Line("officer and administrator keep the kiosks", KIOSKS),
    "kiosks.make_new_code": Line("they set an own kiosk up anew", KIOSKS, of=True),
    "kiosks.revoke_one_kiosk": Line("they take an own kiosk out of use", KIOSKS, of=True),
    "kiosks.settle_returned_answer": Line("they see to what came back", KIOSKS, of=True),
    "kiosks.show_kiosk_guide": Line("how a kiosk is put up, no names", KIOSKS),
    "guides.show_gate_guide": Line("a sheet for the guard, no names", ANYBODY),
    "guides.show_line_guide": Line("a sheet for the line and the kiosk, no names", ANYBODY),
    "cap.choose_cap": Line("whoever sends notices brings a file in", SENDERS),
    "cap.import_cap": Line("whoever sends notices brings a file in", SENDERS),
    "cap.export_cap": Line("an own notice as a file for others, no names", SENDERS, of=True),
    "paper.list_paper": Line("what is to be told in person, within reach", TEAM),
    "paper.show_paper": Line("whom to tell in person, within reach", TEAM, of=True),
    "paper.tell_people": Line("who told somebody ticks it off", TEAM, of=True),
    "paper.untell_people": Line("who told somebody takes it back", TEAM, of=True),
    "paper.print_sheet": Line("a sheet of a line, names and no health", TEAM, of=True),
    "paper.print_day": Line("the day's reminders by line, names and no health", TEAM),
    "paper.show_aloud": Line("what is read out to all, no names", SENDERS, of=True),
    "paper.make_sound": Line("what is read out to all, no names", SENDERS, of=True, lacks=True),
    "display.show_display": Line("a nameless shell", ANYBODY),
    "display_api.tell_display": Line("a screen asks what it shows to everybody", GATE),
    "kiosk_api.set_up_kiosk": Line("a device with a one-time code", ANYBODY, proves=True),
    "kiosk_api.show_kiosk": Line("a kiosk asks what it works by", GATE),
    # What phones call
    "outbox_api.take_commands": Line("whoever has a token hands in what was kept", SIGNED_IN),
    "parcels_api.show_key": Line("whom commands are closed for", ANYBODY),
    "parcels_api.take_parcels": Line("the maker's token lies inside", ANYBODY, proves=True),
    "me_api.show_me": Line("the caller and nobody else", SIGNED_IN),
    "me_api.show_my_record": Line("a worker reads the own record", WORKER),
    "delivery_api.show_inbox": Line("the caller's own messages", SIGNED_IN),
    "push_api.show_push": Line("whether the caller's own phone rings", SIGNED_IN),
    "push_api.switch_on": Line("the caller's own phone, for the own inbox", WORKER),
    "push_api.switch_off": Line("the caller's own phone, for the own inbox", WORKER),
    "push_api.hear_rung": Line("phones say that they rang; the mark is the proof", ANYBODY),
    "provider_calls.hear_call": Line(
        "providers call; the secret in the address is the proof", ANYBODY, lacks=True, proves=True
    ),
    "zalo_calls.hear_zalo": Line(
        "Zalo calls; the signature is the proof", ANYBODY, lacks=True, proves=True
    ),
    # Workers
    "workers.list_people": Line("team and officer see their own branch", TEAM),
    "workers.show_worker": Line("team and officer see a worker of theirs", TEAM, of=True),
    "workers.create_worker": Line("an officer keeps the own company's workers", OFFICER),
    "workers.change_worker": Line("an officer keeps the own workers", OFFICER, of=True),
    "workers.change_address": Line(
        "an officer stops writing to an own worker", OFFICER, of=True, lacks=True
    ),
    "workers.change_email": Line("an officer keeps an own worker's e-mail", OFFICER, of=True),
    "workers.show_id_number": Line("an officer reads an ID number, noted", OFFICER, of=True),
    "workers.move_worker": Line("an officer moves an own worker", OFFICER, of=True),
    "workers.end_work": Line("an officer lets an own worker leave", OFFICER, of=True),
    "workers.take_back": Line("an officer takes an own worker back", OFFICER, of=True),
    "workers.list_planned": Line("team and officer see what changes in their branch", TEAM),
    "workers.choose_change": Line("an officer chooses what changes for many", OFFICER),
    "workers.change_many": Line("an officer moves many own workers, or lets them leave", OFFICER),
    "workers.withdraw_planned": Line("an officer takes a coming change back", OFFICER, of=True),
    "workers.add_leave": Line("an officer notes a leave", OFFICER, of=True),
    "workers.cancel_leave": Line("an officer cancels a leave", OFFICER, of=True),
    "workers.follow_pattern": Line("an officer gives a worker a pattern", OFFICER, of=True),
    "workers.revoke_device": Line("an officer takes a worker's lost phone out", OFFICER, of=True),
    "workers.choose_slips": Line("an officer prints first PINs", OFFICER),
    "workers.print_slips": Line("an officer prints first PINs", OFFICER),
    "workers.choose_cards": Line("an officer sees who has a card", OFFICER),
    "workers.choose_card_people": Line("an officer chooses who gets a card", OFFICER),
    "workers.print_cards": Line("an officer prints cards", OFFICER),
    "workers.print_poster": Line("an officer prints a poster", OFFICER),
    "workers.revoke_worker_card": Line("an officer takes a lost card out", OFFICER, of=True),
    "records.print_record": Line("an officer prints a worker's record, noted", OFFICER, of=True),
    "data_requests.list_requests": Line("an officer sees what the own workers ask", OFFICER),
    "data_requests.show_request": Line("an officer reads it, noted", OFFICER, of=True),
    "data_requests.answer_one": Line("an officer answers an own worker", OFFICER, of=True),
    "data_requests.note_request": Line("an officer notes it for an own worker", OFFICER, of=True),
    # Groups built by hand
    "groups.list_company_groups": Line("an officer keeps the own company's groups", OFFICER),
    "groups.create_group": Line("an officer keeps the own company's groups", OFFICER),
    "groups.choose_values": Line("an officer keeps the own company's groups", OFFICER),
    "groups.build_groups": Line("an officer builds own groups", OFFICER, lacks=True),
    "groups.list_ungrouped": Line("an officer sees who of the own is in none", OFFICER),
    "groups.place_ungrouped": Line("an officer places own workers", OFFICER, lacks=True),
    "groups.show_group": Line("an officer sees an own group", OFFICER, of=True),
    "groups.print_group": Line("an officer prints an own group", OFFICER, of=True),
    "groups.choose_people": Line("an officer fills an own group", OFFICER, of=True),
    "groups.add_people": Line("an officer fills an own group", OFFICER, of=True),
    "groups.paste_badges": Line("an officer fills an own group", OFFICER, of=True),
    "groups.take_out_people": Line("an officer keeps an own group", OFFICER, of=True),
    "groups.move_people": Line("an officer keeps an own group", OFFICER, of=True),
    "groups.set_departures": Line("an officer says when a bus leaves", OFFICER, of=True),
    "groups.rename_group": Line("an officer keeps an own group", OFFICER, of=True),
    "groups.close_group": Line("an officer closes an own group", OFFICER, of=True),
    "groups.undo_change": Line("an officer undoes a change of own groups", OFFICER, of=True),
    "standard_list.show_standard_list": Line("an officer sees what the list lacks", OFFICER),
    "standard_list.download_standard_list": Line("an officer takes it out, noted", OFFICER),
    "worker_health.show_worker_health": Line(
        "team and officer see a worker's health", TEAM, of=True
    ),
    # Follow-up cases
    "cases.list_follow_ups": Line("team and officer see cases of their branch", TEAM),
    "cases.work_on_many": Line("team and officer work on cases of their branch", TEAM),
    "cases.show_case": Line("team and officer see a case of theirs", TEAM, of=True),
    "cases.add_note": Line("team and officer write in a case of theirs", TEAM, of=True),
    "cases.finish_case_task": Line("team and officer finish an own task", TEAM, of=True),
    "cases.write_day": Line("team and officer write a day of an own case", TEAM, of=True),
    "cases.give_case": Line("an officer says who has an own case", OFFICER, of=True),
    "cases.hand_case_over": Line("an officer hands an own case over", OFFICER, of=True),
    "cases.ask_for_task": Line("an officer asks for a task in an own case", OFFICER, of=True),
    "cases.enter_test_result": Line("an officer enters an own result", OFFICER, of=True),
    "cases.plan_case": Line("an officer plans an own case", OFFICER, of=True),
    "cases.clear_case_level": Line("an officer clears an own worker", OFFICER, of=True),
    "cases.clear_case_by_rule": Line("an officer clears by a written rule", OFFICER, of=True),
    "cases.close_worker_case": Line("an officer closes an own case", OFFICER, of=True),
    "cases.reopen_worker_case": Line("an officer opens an own case again", OFFICER, of=True),
    "cases.escalate_worker_case": Line("an officer sends an own case up", OFFICER, of=True),
    "cases.open_worker_case": Line("an officer opens a case of an own worker", OFFICER, of=True),
    # Feedback
    "shells.show_feedback": Line("a nameless shell", ANYBODY),
    "anonymous.leave_note": Line("nobody asks who leaves a note", ANYBODY, lacks=True),
    "anonymous.show_answer": Line("whoever knows the code reads the answer", ANYBODY, lacks=True),
    "feedback.list_inbox": Line("each sees what lies in the own reach", FEEDBACK),
    "feedback.show_note": Line("team, officer, and the park what was passed on", FEEDBACK, of=True),
    "feedback.show_photo": Line("as its note", FEEDBACK, of=True, lacks=True),
    "feedback.take_one_up": Line("with whom it lies", FEEDBACK, of=True),
    "feedback.assign_one": Line("with whom it lies", FEEDBACK, of=True),
    "feedback.pass_one_on": Line("with whom it lies", FEEDBACK, of=True),
    "feedback.answer_one": Line("with whom it lies", FEEDBACK, of=True),
    "feedback.join_one": Line("with whom it lies", FEEDBACK, of=True),
    "feedback.part_one": Line("with whom it lies", FEEDBACK, of=True),
    "feedback.close_one": Line("with whom it lies", FEEDBACK, of=True),
    "feedback.reopen_one": Line("with whom it lies", FEEDBACK, of=True),
    "feedback.undo_one": Line("whoever did it takes it back", FEEDBACK, of=True),
    "feedback.begin_call": Line("whoever answers the phone writes it down", FEEDBACK),
    "feedback.write_call": Line("whoever answers the phone writes it down", FEEDBACK),
    "feedback.show_times": Line("how long it took in the own reach", FEEDBACK),
    "feedback.download_times": Line("the same as a file", FEEDBACK),
    "feedback.download_times_workbook": Line("the same as a file", FEEDBACK),
    # Records that may be one person
    "duplicates.list_duplicates": Line("an officer sees the own company's pairs", OFFICER),
    "duplicates.compare_workers": Line("an officer compares own workers", OFFICER, of=True),
    "duplicates.merge_workers": Line("an officer merges own workers", OFFICER, of=True),
    "duplicates.tell_apart": Line("an officer tells own workers apart", OFFICER, of=True),
    "duplicates.doubt_again": Line("an officer takes that back", OFFICER, of=True),
    "duplicates.unmerge_workers": Line("an officer takes an own merge back", OFFICER, of=True),
    # Today's board
    "sheets.show_sheets": Line("whoever may answer for others", TEAM),
    "sheets.download_sheet": Line("whoever may answer for others", TEAM),
    "sheets.upload_sheet": Line("whoever may answer for others", TEAM),
    "sheets.review_sheet": Line("the sheets of one's own lines", TEAM, of=True),
    "sheets.settle_sheet": Line("the sheets of one's own lines", TEAM, of=True),
    "keying.key_list": Line("whoever may answer for others", TEAM),
    "keying.send_list": Line("whoever may answer for others", TEAM),
    "today.show_today": Line("team and officer see their own branch", TEAM),
    "live_board.show_figures": Line("figures of one's own branch, no names", TEAM),
    "calls.show_calls": Line("team and officer call their own branch", TEAM),
    "calls.nudge_people": Line("team and officer remind their own branch", TEAM),
    "calls.take_back_nudge": Line("whoever reminded takes it back", TEAM),
    "notes.list_shift_notes": Line("team and officer see what was left to them", TEAM),
    "notes.write_note": Line("team and officer leave a note to the next shift", TEAM),
    "notes.read_note": Line("team and officer take a note over", TEAM, of=True),
    "board_api.show_board": Line("team and officer see their own branch", TEAM),
    "today.list_standing_people": Line("team and officer see their own branch", TEAM),
    "today.list_missing_people": Line("team and officer see their own branch", TEAM),
    "today.list_absent_people": Line("team and officer see their own branch", TEAM),
    "today.clear_worker_level": Line("an officer clears an own worker", OFFICER, of=True),
    "today.mark_worker_absent": Line("team and officer note an absence", TEAM, of=True),
    "today.unmark_worker_absent": Line("team and officer take it back", TEAM, of=True),
    # Rules by which answers are judged
    "reminders.show_reminders": Line("an officer keeps the company's reminders", OFFICER),
    "reminders.use_defaults": Line("an officer keeps the company's reminders", OFFICER),
    "reminders.create_schedule": Line("an officer keeps the company's reminders", OFFICER),
    "reminders.edit_schedule": Line("an officer keeps an own reminder", OFFICER, of=True),
    "reminders.pause_schedule": Line("an officer keeps an own reminder", OFFICER, of=True),
    "reminders.resume_schedule": Line("an officer keeps an own reminder", OFFICER, of=True),
    "reminders.make_copy": Line("an officer keeps an own reminder", OFFICER, of=True),
    "reminders.remove_schedule": Line("an officer keeps an own reminder", OFFICER, of=True),
    "reminders.restore_schedule": Line("an officer keeps an own reminder", OFFICER, of=True),
    "reminders.skip_send": Line("an officer leaves one send out", OFFICER, of=True),
    "reminders.move_one_send": Line("an officer moves one send", OFFICER, of=True),
    "reminders.add_one_send": Line("an officer adds one send", OFFICER, of=True),
    "reminders.undo_one_send": Line("an officer takes it back", OFFICER, of=True, lacks=True),
    "reminders.show_carry": Line("the park manager carries reminders between companies", MANAGER),
    "reminders.carry": Line("the park manager carries reminders between companies", MANAGER),
    "reminders.take_carry_back": Line("the park manager takes it back", MANAGER, lacks=True),
    "messages.show_message": Line("an officer sees who an own message reached", OFFICER, of=True),
    "messages.show_delivery": Line(
        "an officer sees one sending to an own worker", OFFICER, of=True
    ),
    "messages.stop_one": Line("an officer stops an own reminder", OFFICER, of=True),
    "messages.send_again": Line("an officer sends again to own workers", OFFICER, of=True),
    "messages.take_unclear_as_arrived": Line(
        "an officer decides what is unclear of own workers", OFFICER, of=True
    ),
    "compliance.show_compliance": Line("companies of one's own reach", COMPLIANCE),
    "compliance.show_company": Line("one company, its lines and shifts", COMPLIANCE, of=True),
    "compliance.show_digest": Line("the park manager's own digests", DIGEST),
    "compliance.mark_digest_read": Line("the park manager's own digest", DIGEST, own=True),
    "compliance.choose_digest_address": Line(
        "a park manager says where the digest goes too", DIGEST
    ),
    "compliance.choose_digest": Line("the park manager's own choice", DIGEST, own=True),
    "compliance.show_files": Line("one's own files, companies of one's own reach", COMPLIANCE),
    "compliance.write_figures_file": Line("a file of companies of one's own reach", COMPLIANCE),
    "compliance.download_figures_file": Line(
        "whoever asked takes the file", COMPLIANCE, own=True, lacks=True
    ),
    "compliance.show_file_progress": Line(
        "whoever asked sees how far it is", COMPLIANCE, own=True, lacks=True
    ),
    "compliance.download_workbook": Line("companies of one's own reach", COMPLIANCE),
    "compliance.download_report": Line("companies of one's own reach", COMPLIANCE),
    "compliance.download_csv": Line("companies of one's own reach", COMPLIANCE),
    "roll_call.show_sheet": Line("a nameless shell", ANYBODY),
    "roll_call.show_kept": Line("a nameless shell", ANYBODY),
    "roll_call.list_groups": Line("groups of which one calls the roll", TEAM),
    "roll_call_api.show_roll_call": Line("who calls the roll sees the sheet", TEAM, of=True),
    "groups_api.show_groups": Line("groups of one's own reach", TEAM | {"park_manager"}),
    "groups_api.show_status": Line(
        "counts, and names for who may", TEAM | {"park_manager"}, of=True
    ),
    "alerts.list_all": Line("the province's staff see its notices", PROVINCE),
    "alerts.compose": Line("the province's staff write to the parks", PROVINCE),
    "alerts.edit_alert": Line("the province's staff write to the parks", PROVINCE),
    "alerts.show_alert": Line("the province's staff see how far a notice came", PROVINCE),
    "alerts.show_live": Line("counts by park, no names", PROVINCE),
    "alerts.export_cap": Line("the province's notice as a file for others", PROVINCE),
    "alerts.ask_one": Line("the province's staff ask a second person", PROVINCE),
    "alerts.approve_one": Line("a second person lets a notice go", PROVINCE),
    "alerts.return_one": Line("a second person gives a notice back", PROVINCE),
    "alerts.call_off_one": Line("the province's staff end a countdown", PROVINCE),
    "alerts.cancel_one": Line("the province's staff withdraw a notice", PROVINCE),
    "alerts.correct_one": Line("the province's staff correct a notice", PROVINCE),
    "park_reports.show_reports": Line("daily forms of one's own reach", COMPLIANCE),
    "park_reports.download_workbook": Line("daily forms of one's own reach", COMPLIANCE),
    "park_reports.download_csv": Line("daily forms of one's own reach", COMPLIANCE),
    "reports.show_province_reports": Line("the province's staff report upwards", PROVINCE),
    "reports.download_province_workbook": Line("the province's staff report upwards", PROVINCE),
    "reports.download_province_csv": Line("the province's staff report upwards", PROVINCE),
    "reports.show_dhis2": Line("the province's staff send figures on", PROVINCE),
    "reports.send": Line("the province's staff send figures on", PROVINCE),
    "reports.try_out": Line("the province's staff try what would be sent", PROVINCE),
    "reports.upload_codes": Line("the province's staff enter codes", PROVINCE),
    "reports.download_codes": Line("the province's staff enter codes", PROVINCE),
    "reports.download_rows": Line("the province's staff take figures along", PROVINCE),
    "reports.download_adx": Line("the province's staff take figures along", PROVINCE),
    "province.show_province": Line("the province's staff see the parks", PROVINCE),
    "province.download_parks": Line("the province's staff see the parks", PROVINCE),
    "province.show_park": Line("the province's staff see a park", PROVINCE, lacks=True),
    "province.show_park_company": Line(
        "the province's staff see a company's counts", PROVINCE, lacks=True
    ),
    "province.keep_phone": Line(
        "the province's staff write down whom to call", PROVINCE, lacks=True
    ),
    "province.download_park": Line("the province's staff see a park", PROVINCE, lacks=True),
    "intake_cases.list_all": Line("the province's staff see which named cases wait", PROVINCE),
    "intake_cases.assign_some": Line(
        "the province's staff give named cases to colleagues", PROVINCE
    ),
    "intake_cases.show_item": Line(
        "the province's staff open one of the named cases", PROVINCE, lacks=True
    ),
    "intake_cases.act_on_item": Line(
        "the province's staff work on named cases", PROVINCE, lacks=True
    ),
    "intake_feedback.list_all": Line(
        "the province's staff see which feedback of the parks wait", PROVINCE
    ),
    "intake_feedback.assign_some": Line(
        "the province's staff give feedback of the parks to colleagues", PROVINCE
    ),
    "intake_feedback.show_item": Line(
        "the province's staff open one of the feedback of the parks", PROVINCE, lacks=True
    ),
    "intake_feedback.act_on_item": Line(
        "the province's staff work on feedback of the parks", PROVINCE, lacks=True
    ),
    "intake_calls.list_all": Line("the province's staff see which calls wait", PROVINCE),
    "intake_calls.assign_some": Line("the province's staff give calls to colleagues", PROVINCE),
    "intake_calls.show_item": Line(
        "the province's staff open one of the calls", PROVINCE, lacks=True
    ),
    "intake_calls.act_on_item": Line("the province's staff work on calls", PROVINCE, lacks=True),
    "intake_cases.open_again": Line("the province's staff try to open what did not", PROVINCE),
    "intake_feedback.open_again": Line("the province's staff try to open what did not", PROVINCE),
    "intake_feedback.show_times": Line("the province's staff see how long answers took", PROVINCE),
    "intake_feedback.download_list": Line("the province's staff take the list along", PROVINCE),
    "intake_calls.begin_call": Line("the province's staff note a call", PROVINCE),
    "intake_calls.write_call": Line("the province's staff give a call to a park", PROVINCE),
    "rule_sets.show_rule_sets": Line("those judging by rules read them", TEAM | RULES),
    "rule_sets.accept_rule_set": Line("an officer, or the park's manager, accepts", RULES),
    # Risk of infection at work
    "notices.list_all": Line("notices of one's own reach", NOTICES),
    "notices.compose": Line("whoever sends notices writes one for an own place", NOTICES),
    "notices.edit_notice": Line("a notice of an own place", NOTICES, of=True),
    "notices.show_notice": Line("a notice of an own place", NOTICES, of=True),
    "notices.send_notice": Line("a notice of an own place", NOTICES, of=True),
    "notices.approve_one": Line("a second person lets a notice go", NOTICES, of=True),
    "notices.return_one": Line("a second person gives a notice back", NOTICES, of=True),
    "notices.stop_one": Line("whoever sends notices stops one", NOTICES, of=True),
    "notices.remind_unread": Line("a notice of an own place, names nobody", NOTICES, of=True),
    "notices.cancel_one": Line("a notice of an own place", NOTICES, of=True),
    "notices.correct_one": Line("a notice of an own place", NOTICES, of=True),
    "notices.show_live": Line("figures of a notice, names nobody", NOTICES, of=True),
    "notices.show_people": Line("who got a notice, by name: not for the park", OFFICER, of=True),
    "notices.show_received": Line(
        "what the park sent to people of the own company", NOTICES, of=True, lacks=True
    ),
    "notices.print_notice": Line("a notice on paper, names for officers", NOTICES, of=True),
    "risk.show_places": Line("places of one's own reach", RISK),
    "risk.choose_place": Line("places of one's own reach", RISK),
    "risk.begin_one": Line("whoever assesses begins at an own place", RISK),
    "risk.show_assessment": Line("an assessment of an own place", RISK, of=True),
    "risk.edit_assessment": Line("an assessment of an own place", RISK, of=True),
    "risk.save_version": Line("an assessment of an own place", RISK, of=True),
    "risk.show_findings": Line("findings of places of one's own reach", RISK),
    "risk.begin_finding": Line("findings of places of one's own reach", RISK),
    "risk.note_one": Line("whoever assesses notes a finding of an own place", RISK),
    "risk.show_finding": Line("a finding of an own place", RISK, of=True),
    "risk.change_one": Line("a finding of an own place", RISK, of=True),
    "risk.settle_one": Line("a finding of an own place", RISK, of=True),
    "risk.reopen_one": Line("a finding of an own place", RISK, of=True),
    "risk.show_photo": Line("a picture of an own place", RISK, of=True),
    "risk.show_sets": Line("index sets hold nothing of anybody", RISK),
    "risk.download_set": Line("the park's manager takes a set to complete", MANAGER),
    "risk.upload_set": Line("the park's manager enters an own set", MANAGER),
    "risk.withdraw_one": Line("the park's manager takes an own set out of use", MANAGER),
    # Staff lists from sheets
    "imports.start_import": Line("an officer brings a list of the own company", OFFICER),
    "imports.upload_list": Line("an officer brings a list of the own company", OFFICER),
    "imports.download_sample": Line("an officer takes the sample sheet", OFFICER),
    "imports.list_headings": Line("an officer sees the headings remembered", OFFICER),
    "imports.change_heading": Line("an officer changes what a heading means", OFFICER, lacks=True),
    "imports.show_import": Line("an officer sees an own list", OFFICER, of=True),
    "imports.show_progress": Line("an officer sees an own list", OFFICER, of=True),
    "imports.show_sheets": Line("an officer sees the sheets of an own list", OFFICER, of=True),
    "imports.choose_sheets": Line("an officer chooses sheets of an own list", OFFICER, of=True),
    "imports.choose_columns": Line("an officer corrects an own list", OFFICER, of=True),
    "imports.correct_cell": Line("an officer corrects a list", OFFICER, of=True, lacks=True),
    "imports.accept_suggestions": Line("an officer corrects an own list", OFFICER, of=True),
    "imports.leave_out_row": Line("an officer corrects a list", OFFICER, of=True, lacks=True),
    "imports.leave_out_kind": Line("an officer corrects a list", OFFICER, of=True, lacks=True),
    "imports.choose_sexes": Line("an officer corrects an own list", OFFICER, of=True),
    "imports.choose_fonts": Line("an officer confirms letters of an own list", OFFICER, of=True),
    "imports.compare_again": Line("an officer compares an own list", OFFICER, of=True),
    "imports.preview_import": Line("an officer sees what a list would do", OFFICER, of=True),
    "imports.confirm_import": Line("an officer saves an own list", OFFICER, of=True),
    "imports.cancel_import": Line("an officer drops an own list", OFFICER, of=True),
    "imports.end_missing": Line("an officer decides on an own list", OFFICER, of=True),
    "imports.reopen_import": Line("an officer takes an own list up again", OFFICER, of=True),
    "imports.undo_import": Line("an officer undoes an own list", OFFICER, of=True),
    "imports.list_missing": Line("an officer sees who is not in a list", OFFICER, of=True),
    "imports.download_problems": Line("an officer takes problems", OFFICER, of=True, lacks=True),
    # Timetable of a company
    "schedule.show_schedule": Line("an officer sees the own timetable", OFFICER),
    "schedule.show_hours": Line("an officer keeps the own hours", OFFICER),
    "schedule.change_hours": Line("an officer keeps the own hours", OFFICER),
    "schedule.show_holidays": Line("an officer keeps the own holidays", OFFICER),
    "schedule.add_holiday": Line("an officer keeps the own holidays", OFFICER),
    "schedule.remove_holiday": Line("an officer keeps the own holidays", OFFICER, of=True),
    "schedule.show_patterns": Line("an officer keeps the own patterns", OFFICER),
    "schedule.create_pattern": Line("an officer keeps the own patterns", OFFICER),
    "schedule.change_pattern": Line("an officer keeps the own patterns", OFFICER, of=True),
    "schedule.assign_to_unit": Line("an officer gives a unit a pattern", OFFICER),
    # The two logs
    "sync.show_sync": Line("the administrator sees how the node and the province stand", ADMIN),
    "sync.download_bundle": Line("the administrator makes a bundle", ADMIN),
    "sync.upload_bundle": Line("the administrator takes a bundle in", ADMIN),
    "province_sync.invite_replacement": Line("the administrator replaces a machine", ADMIN),
    "province_sync.revoke_key": Line("the administrator revokes a park's key", ADMIN),
    "park_sync.enrol_here": Line("the administrator enrols the park", ADMIN),
    "park_sync.show_waiting": Line("an officer sees what of theirs has not gone up", OFFICER),
    "park_sync.push_now": Line("the administrator sends now", ADMIN),
    "park_sync_api.show_summaries": Line("figures of one's own reach", COMPLIANCE),
    "province_sync.invite": Line("the province's administrator invites a park", ADMIN),
    "province_sync_api.enrol_park": Line("a park with a one-time code", ANYBODY, proves=True),
    "province_sync_api.give_entries": Line("a park signs what it asks", ANYBODY, proves=True),
    "province_sync_api.tell_of_news": Line("a park proves its code", ANYBODY, proves=True),
    "province_sync_api.take_entries": Line("a park signs what it sends", ANYBODY, proves=True),
    "province_sync_api.show_parks": Line("the province's staff see the parks", PROVINCE),
    "province_sync_api.show_summaries": Line("the province's staff see figures", PROVINCE),
}
