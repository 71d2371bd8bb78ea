"""Names shared by the integration's files."""

from typing import Final

DOMAIN: Final = "anshim_knock"

CONF_HOUSEHOLD: Final = "household"
# In triggers, conditions and actions: which household, where there are several.
CONF_ENTRY: Final = "config_entry_id"
CONF_CONSENT: Final = "consent"
CONF_LIMIT: Final = "limit_hours"
CONF_LIMIT_MODE: Final = "limit_mode"
CONF_LEARNED: Final = "learned"
CONF_QUIET_BUDGET: Final = "quiet_budget_days"
CONF_CALL_BUDGET: Final = "call_budget_days"
CONF_RISK: Final = "risk"
CONF_RISK_ITEMS: Final = "risk_items"
CONF_CEILING_MARGIN: Final = "ceiling_margin_hours"
CONF_KNOCK_AFTER: Final = "knock_after_minutes"
CONF_VISIT_AFTER: Final = "visit_after_minutes"

# Only what is used is asked for. A consent of an older text may hold others.
CONSENT_ITEMS: Final = ("life_signs", "sensitive", "third_party", "emergency_contact")
CONSENT_REQUIRED: Final = "life_signs"
CONSENT_RECORDERS: Final = ("resident", "guardian", "technician", "staff")
# Grows with every change of the consent text in translations/.
CONSENT_TEXT_VERSION: Final = "2026-11-3"
# From this version on the text names what Home Assistant had recorded before.
CONSENT_READS_PAST: Final = "2026-11-2"
CONF_RECORDED_BY: Final = "recorded_by"
CONF_TEXT_VERSION: Final = "text_version"
CONF_ITEMS: Final = "items"
CONF_CONSENTED_AT: Final = "at"
# A kit goes back although its relay cannot report it any more.
CONF_UNTOLD: Final = "untold"

SUBENTRY_SOURCE: Final = "source"
SUBENTRY_CONTACT: Final = "contact"
CONF_ORDER: Final = "order"
CONF_NOTIFY: Final = "notify"
CONF_PHONE: Final = "phone"
CONF_FROM: Final = "from"
CONF_TO: Final = "to"
CONF_LANGUAGE: Final = "language"
CONF_WHO: Final = "who"
CONF_KIND: Final = "kind"
# Without it nobody but the district is told.
CONSENT_SENSITIVE: Final = "sensitive"
CONSENT_CONTACTS: Final = "emergency_contact"
CONF_ROLE: Final = "role"
CONF_ENTITY: Final = "entity"
CONF_PRESS: Final = "press"
PRESS_OK: Final = "ok"
PRESS_HELP: Final = "help"
# What a walk test proved, and of which device: the moment, the device's identity, what it showed.
CONF_TESTED: Final = "tested"
CONF_TESTED_DEVICE: Final = "tested_device"
CONF_TEST_RESULT: Final = "test_result"
# The technician knows better than the ghost detector.
CONF_OVERRULED: Final = "overruled"
# What was made sure of on the resident's phone.
CONF_PHONE_CHECKED: Final = "phone_checked"

HOUSEHOLD_PATTERN: Final = r"^h-[a-z0-9]{8,32}$"
