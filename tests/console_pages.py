"""The addresses of the console's pages by room, for tests that walk all of them; with the data of ``console_story``."""

from typing import Any

# Rooms whose texts aren't all given to gettext yet. A room leaves the list when it is, and never comes back.
NOT_YET: set[str] = set()

SHARED = "/shared/TOKEN/"
RUNNING = "/tests/zz-shop/zz-running/"
OVER = "/tests/zz-shop/zz-over/"
IMPORTED = "/tests/zz-shop/zz-imported/"
DRAFT = "/tests/zz-shop/zz-draft/"
CONTACT_FILES = (4711, 4712, 4713, 4714)  # checked, being imported, imported, failed
JOURNEYS = ("zz-running", "zz-paused", "zz-check-in", "zz-subject-lines", "zz-seasonal")
ON_TRIGGERS = {"name": "zz", "exits": ["ordered"]}
# Addresses by room. Each is asked for by a member with everything; those after "?" in other states too.
PAGES: dict[str, list[str]] = {
    "account": [
        "/account/",
        "/account/password/",
        "/account/second-factor/",
        "/account/second-factor/remove/",
        "/account/recovery-codes/",
    ],
    "annotations": ["/annotations/", "/annotations/?store=zz-empty", "/annotations/zz-shop/4711/"],
    "approvals": ["/tests/zz-shop/zz-paused/"],
    "audience": [f"{DRAFT}audience/"],
    "builder": [f"{DRAFT}launch/", f"{RUNNING}launch/"],
    "deliverability": ["/sender/deliverability/", "/sender/deliverability/?store=zz-empty"],
    "discussion": [RUNNING],
    "contacts": ["/contacts/", "/contacts/?store=zz-empty", "/contacts/zz-shop/4711/", "/contacts/zz-shop/retention/"],
    "contact_files": [
        "/contacts/zz-shop/files/",
        "/contacts/zz-empty/files/",
        *(f"/contacts/zz-shop/files/{pk}/" for pk in CONTACT_FILES),
    ],
    "custom_metrics": ["/custom-metrics/", "/custom-metrics/?store=zz-empty", "/custom-metrics/zz-shop/4711/"],
    "glossary": ["/glossary/"],
    "gallery": ["/widgets/", "/widgets/?layout=dialog"],
    "journeys": [
        "/journeys/",
        "/journeys/?store=zz-empty",
        "/journeys/templates/",
        "/journeys/templates/?template=care",
        "/journeys/zz-shop/people/4711/",
        *(f"/journeys/zz-shop/{key}/" for key in JOURNEYS),
        *(f"/journeys/zz-shop/{key}/reach/" for key in JOURNEYS),
    ],
    "launch": ["/templates/", "/templates/price/", "/templates/nothing/", "/templates/price/?planned_days=14"],
    "moments": ["/moments/"],
    "offers": [
        "/offers/",
        "/offers/?store=zz-empty",
        "/offers/?q=zznothing",
        "/offers/?period=all&state=active",
        "/offers/analytics/",
        "/offers/analytics/?store=zz-empty",
        "/offers/analytics/?by=week&measure=take_rate",
        "/offers/analytics/?by=device&offer=zz-offer&moment=cart&measure=decision",
        "/offers/zz-shop/zz-offer/",
        "/offers/new/",
        "/offers/products/?q=zznothing",
    ],
    "overview": ["/"],
    "planner": [
        "/planner/",
        "/planner/?mean=10&sd=30&visitors=900",
        "/planner/?metric=conversion&mean=4&visitors=10&treatments=3",
        "/planner/?mde=0",
        "/planner/?mde=5&mean=-1&sd=0",
    ],
    "preview": [f"{DRAFT}preview/", f"{RUNNING}preview/"],
    "passkeys": ["/account/passkeys/", "/account/passkeys/4711/", "/account/passkeys/4711/remove/"],
    "single_sign_on": [
        "/account/sso/",
        "/account/sso/unlink/",
        "/login/sso/callback/?state=zz",
        "/login/sso/callback/?error=zz",
    ],
    "playbook": ["/playbook/", "/playbook/?q=zznothing", "/playbook/?moment=cart&store=zz-shop"],
    "report": [
        RUNNING,
        OVER,
        IMPORTED,
        DRAFT,
        "/tests/zz-shop/zz-paused/",
        f"{RUNNING}?do=stop",
        f"{RUNNING}?do=conclude",
        f"{RUNNING}?do=share",
        f"{RUNNING}findings/",
        f"{RUNNING}part/",
        f"{RUNNING}part/?segment=device:phone&and=customer_type:new",
        f"{RUNNING}part/?segment=device:phone",
        f"{DRAFT}part/",
        "/shared/nothing/",
        SHARED,
    ],
    "forgotten_password": ["/password/"],
    "invitations": ["/invitations/nothing/"],
    "sender": ["/sender/", "/sender/?store=zz-empty"],
    "team": ["/team/", "/team/?store=zz-empty", "/team/members/4711/second-factor/"],
    "setup": ["/setup/", "/setup/?fate=no_visitor", "/setup/arrivals/", "/setup/test-orders/"],
    "treatment": [
        f"{DRAFT}treatments/treatment/",
        f"{DRAFT}treatments/treatment/products/",
        f"{DRAFT}treatments/treatment/products/?q=zznothing",
    ],
    "tests": ["/tests/", "/tests/?q=zznothing", "/tests/?status=running&sort=name", "/tests/?page=2"],
}
# Forms sent empty or wrong, to read their errors.
SENT: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "account": [
        ("/account/password/", {"old_password": "zz", "new_password1": "1", "new_password2": "2"}),
        ("/account/second-factor/", {"code": "zz"}),
        ("/account/second-factor/", {"code": "123456"}),
        ("/account/recovery-codes/", {"password": "zz"}),
        ("/account/topics/", {"zz-shop-topics": "nothing"}),
        ("/account/topics/", {"zz-shop-topics": "launch"}),
    ],
    "passkeys": [
        ("/account/passkeys/", {"answer": "zz"}),
        ("/account/passkeys/4711/", {"name": ""}),
        ("/account/passkeys/4711/remove/", {"password": "zz"}),
        ("/login/passkey/", {"answer": "zz"}),
    ],
    "single_sign_on": [("/account/sso/", {"password": "zz"}), ("/account/sso/unlink/", {"password": "zz"})],
    "annotations": [
        ("/annotations/", {}),
        ("/annotations/", {"kind": "zz", "first_day": "2026-11-02", "last_day": "2026-11-01", "text": "zz"}),
        ("/annotations/zz-shop/file/", {}),
    ],
    "contacts": [
        ("/contacts/", {}),
        ("/contacts/", {"who": "zz"}),
        ("/contacts/zz-shop/4711/addresses/", {}),
        ("/contacts/zz-shop/retention/", {"send_point_days": "1"}),
        ("/contacts/zz-shop/retention/", {"send_point_days": 90, "message_event_days": 30, "idle_contact_days": 90}),
    ],
    "contact_files": [
        ("/contacts/zz-shop/files/", {}),
        ("/contacts/zz-shop/files/4712/import/", {}),
        ("/contacts/zz-shop/files/4711/discard/", {}),
    ],
    "journeys": [
        ("/journeys/templates/?template=care", {"key": "zz-running"}),
        ("/journeys/zz-shop/zz-check-in/", {}),
        ("/journeys/zz-shop/zz-check-in/", ON_TRIGGERS | {"trigger": "runs_out"}),
        ("/journeys/zz-shop/zz-check-in/", ON_TRIGGERS | {"trigger": "runs_out", "category_days": "zz"}),
        ("/journeys/zz-shop/zz-check-in/", ON_TRIGGERS | {"trigger": "contract_ends", "days": "700"}),
        ("/journeys/zz-shop/zz-check-in/", ON_TRIGGERS | {"trigger": "on_a_day"}),
        ("/journeys/zz-shop/zz-check-in/", ON_TRIGGERS | {"trigger": "reached"}),
        ("/journeys/zz-shop/zz-check-in/", ON_TRIGGERS | {"trigger": "reached", "reached": "tier", "spent": "0.001"}),
        ("/journeys/zz-shop/zz-check-in/", ON_TRIGGERS | {"trigger": "order_paid"}),
        ("/journeys/zz-shop/zz-check-in/steps/question/", {"question-category_waits": "zz"}),
        (
            "/journeys/zz-shop/zz-subject-lines/steps/subject/",
            {"subject-words-.subject": "{zz}", "subject-words-.product.button": "zz" * 50},
        ),
        ("/journeys/zz-shop/zz-check-in/steps/", {}),
        ("/journeys/zz-shop/zz-check-in/steps/question/remove/", {}),
        ("/journeys/zz-shop/zz-check-in/launch/", {}),
        ("/journeys/zz-shop/zz-check-in/discard/", {}),
        ("/journeys/zz-shop/zz-seasonal/pause/", {}),
        *((f"/journeys/zz-shop/zz-running/{act}/", {}) for act in ("discard", "resume", "pause", "resume", "end")),
    ],
    "approvals": [
        ("/tests/zz-shop/zz-paused/steps/resume/", {"reason": "zz"}),
        ("/tests/zz-shop/zz-paused/approvals/4711/approve/", {"answer": "zz"}),
        ("/tests/zz-shop/zz-paused/approvals/4711/decline/", {"answer": "zz"}),
        ("/tests/zz-shop/zz-paused/approvals/4711/take/", {}),
        ("/tests/zz-shop/zz-paused/approvals/4711/withdraw/", {}),
    ],
    "discussion": [
        (f"{RUNNING}comments/", {}),
        (f"{RUNNING}comments/", {"text": "Да @zz-owner"}),
        (f"{RUNNING}owner/", {"tags": "zz" * 30}),
        (f"{RUNNING}owner/", {"tags": "zz"}),
    ],
    "forgotten_password": [
        ("/password/", {"email": "zz"}),
        ("/password/", {"email": "zz-editor@zz.example"}),
        ("/password/zz/zz-zz/", {}),
    ],
    "invitations": [
        ("/team/invitations/", {}),
        ("/team/invitations/", {"email": "zz-new@zz.example", "role": "viewer"}),
        ("/team/invitations/4711/revoke/", {}),
    ],
    "sender": [
        ("/sender/", {}),
        ("/sender/", {"name": "zz", "address": "zz", "holdout_share": "2"}),
        ("/sender/check/", {}),
        ("/sender/switch/", {"on": "1"}),
    ],
    "team": [
        ("/team/members/4711/second-factor/", {"password": "zz"}),
        ("/team/approvals/", {"rules": "zz"}),
        ("/team/approvals/", {"rules": "launch"}),
        ("/team/approvals/", {}),
    ],
    "builder": [
        (f"{DRAFT}sections/question/", {"version": "zz"}),
        (f"{DRAFT}sections/question/", {"overwrite": "on", "moment": "zz"}),
        (f"{DRAFT}sections/audience/", {"overwrite": "on", "targeting-kind": "all", "traffic_percent": "zz"}),
        (f"{DRAFT}sections/goal/", {"overwrite": "on", "guardrails-conversion": "zz"}),
        (f"{DRAFT}sections/length/", {"overwrite": "on", "weeks": "own", "planned_sample": "zz"}),
        (f"{DRAFT}sections/treatment-treatment/", {"overwrite": "on", "headline": "{zz}", "accept_label": "zz"}),
        (f"{DRAFT}sections/start/", {"overwrite": "on", "starts_at": "zz"}),
        (f"{DRAFT}treatments/treatment/offer/", {"new-price": "1.999"}),
        (f"{DRAFT}launch/", {}),
        (f"{DRAFT}launch/", {"starts": "later", "starts_at": "zz", "confirm": "zz"}),
    ],
    "custom_metrics": [
        ("/custom-metrics/", {}),
        ("/custom-metrics/", {"name": "zz", "counted": "zz", "skus": "zz-1"}),
        (f"{DRAFT}custom-metrics/", {"metrics": "4711"}),
    ],
    "launch": [("/templates/price/", {})],
    "offers": [
        ("/offers/zz-shop/zz-offer/", {"name": "", "price_minor": "1.999", "compare_at_minor": "0"}),
        ("/offers/new/?store=zz-shop", {"price": "1.999"}),
    ],
    "report": [(f"{RUNNING}steps/{step}/", {}) for step in ("pause", "resume", "stop", "conclude", "archive", "zz")]
    + [(f"{RUNNING}share/", {"days": "zz"})],
    "setup": [
        ("/setup/zz-shop/try-again/", {}),
        ("/setup/zz-shop/test-orders/send/", {"system": "other"}),
        ("/setup/zz-shop/test-orders/send/", {"system": "other", "visitor_id": "no visitor"}),
        ("/setup/zz-shop/test-orders/send/", {"system": "zz"}),
        ("/setup/zz-shop/connections/secret/", {"kind": "shopify", "secret": "zz"}),
        ("/setup/zz-shop/connections/secret/", {"kind": "zz"}),
        ("/setup/zz-shop/connections/switch/", {"kind": "shopify"}),
        ("/setup/zz-shop/connections/switch/", {"kind": "shopify", "is_active": "on"}),
        ("/setup/zz-shop/shop-system/", {"system": "shopify"}),
        ("/setup/zz-shop/shop-system/", {"system": "woocommerce"}),
        ("/setup/zz-shop/shop-system/", {"system": "other"}),
        ("/setup/zz-shop/test-orders/remove/", {}),
    ],
}
# Addresses that show no page: files, drawings of the snippet in frames, and forms that always lead elsewhere.
NO_PAGES = {
    "copy_test",
    "export_csv",
    "export_json",
    "gallery_frame",
    "preview",
    "shared_shown",
    "shown",
    "unschedule",
    "unshare",
}
NO_PAGES |= {
    "archive_metric",
    "begin_passkey",
    "begin_passkey_log_in",
    "export_analytics",
    "remove_annotation",
    "remove_comment",
    "restore_metric",
    "setup_guide",
    "sign_on",
    "treatment_stage",
    "woocommerce_plugin",
}
