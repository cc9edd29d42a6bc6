"""What every address answers to everybody: one line an address and method, one sign a role.

The signs stand in the order of ROLES: anonymous, nobody; owner, colleague, stranger; the officers of the league, its
banner, the home region and the mirrored league; department officer, research office, team leader; broker, organiser,
leader, admin. Everything asked about is of the owner's side (150100). POST sends an empty form. An address that takes
what is written in ``[…]`` is asked with that.

    +  200          >  302 to the sign-in    r  302 elsewhere
    F  403          .  404                   w  405           g  410
    c  409          !  422                   d  400
"""

from __future__ import annotations

SIGNS = {200: "+", 403: "F", 404: ".", 405: "w", 410: "g", 409: "c", 422: "!", 400: "d", 429: "s"}

TABLE = """
# demands
demands:demand[draft]                  >.|++.|....|...|....  >w|www|wwww|www|wwww  >w
demands:demand[demand]                 >.|++.|+++.|...|....  >w|www|wwww|www|wwww  >w
demands:demand[confidential]           >.|++.|+++.|...|....  >w|www|wwww|www|wwww  >w
demands:demand[directed]               >.|++.|+++.|.++|....  >w|www|wwww|www|wwww  >w
demands:demand[blurred]                >+|+++|++++|+++|++++  >w|www|wwww|www|wwww  >w
demands:demand[public]                 >+|+++|++++|+++|++++  >w|www|wwww|www|wwww  >w
demands:form                           >.|++.|+++.|...|....  >w|www|wwww|www|wwww  >w
demands:check                          >.|++.|+++.|...|....  >.|rr.|rrr.|...|....  >w
demands:receipt                        >.|++.|+++.|...|....  >w|www|wwww|www|wwww  >w
demands:duplicates                     >.|++.|+++.|...|....  >w|www|wwww|www|wwww  >w
demands:section[draft]                 >.|++.|....|...|....  >.|!!.|....|...|....  >w
demands:section[demand]                >.|FF.|++F.|...|....  >.|FF.|!!F.|...|....  >w
demands:compare                        >.|++.|+++.|...|....  >.|!!.|!!!.|...|....  >w
demands:take_back                      >.|...|..+.|...|....  >.|...|..!.|...|....  >w
demands:decide[take]                   >.|FF.|++F.|...|....  >.|FF.|rrF.|...|....  >w
demands:decide[return]                 >.|FF.|++F.|...|....  >.|FF.|!!F.|...|....  >w
demands:decide[refine]                 >.|FF.|FFF.|...|....  >.|FF.|FFF.|...|....  >w
demands:decide[hand-back]              >.|FF.|FFF.|...|....  >.|FF.|FFF.|...|....  >w
demands:decide[pass]                   >.|FF.|FFF.|...|....  >.|FF.|FFF.|...|....  >w
demands:decide[accept]                 >.|FF.|FFF.|...|....  >.|FF.|FFF.|...|....  >w
demands:decide[refuse]                 >.|FF.|FFF.|...|....  >.|FF.|FFF.|...|....  >w
demands:decide[merge]                  >.|FF.|+++.|...|....  >.|FF.|!!!.|...|....  >w
demands:decide[publish]                >.|FF.|FFF.|...|....  >.|FF.|FFF.|...|....  >w
demands:decide[direct]                 >.|FF.|FFF.|...|....  >.|FF.|FFF.|...|....  >w
demands:decide[match]                  >.|FF.|FFF.|...|....  >.|FF.|FFF.|...|....  >w
demands:decide[long-term]              >.|FF.|FFF.|...|....  >.|FF.|FFF.|...|....  >w
demands:decide[withdraw]               >.|++.|FFF.|...|....  >.|!!.|FFF.|...|....  >w
demands:decide[reopen]                 >.|FF.|FFF.|...|....  >.|FF.|FFF.|...|....  >w
demands:list                           >+|+++|++++|+++|++++  >w|www|wwww|www|wwww  >w
demands:start                          >F|+++|++++|F+F|FFFF  >F|!!!|!!!!|F!F|FFFF  >w
demands:export                         >+|+++|++++|+++|++++  >w|www|wwww|www|wwww  >w
demands:batch                          >w|www|wwww|www|wwww  >r|rrr|rrrr|rrr|rrrr  >w

# offers
offers:offer[offer_draft]              >.|...|....|.++|....  >w|www|wwww|www|wwww  >w
offers:offer[offer]                    >.|...|+++.|.++|....  >w|www|wwww|www|wwww  >w
offers:offer[offer_hidden]             >.|...|+++.|.++|....  >w|www|wwww|www|wwww  >w
offers:offer[offer_directed]           >.|++.|+++.|.++|....  >w|www|wwww|www|wwww  >w
offers:offer[offer_blurred]            >+|+++|++++|+++|++++  >w|www|wwww|www|wwww  >w
offers:form                            >.|...|FFF.|.FF|....  >w|www|wwww|www|wwww  >w
offers:check                           >.|...|FFF.|.FF|....  >.|...|FFF.|.FF|....  >w
offers:receipt                         >.|...|....|.+.|....  >w|www|wwww|www|wwww  >w
offers:trail                           >.|...|+++.|.++|....  >w|www|wwww|www|wwww  >w
offers:section[offer_draft]            >.|...|....|.+F|....  >.|...|....|.+F|....  >w
offers:section[offer]                  >.|...|FFF.|.FF|....  >.|...|FFF.|.FF|....  >w
offers:end_recipient                   >w|www|wwww|www|wwww  >.|FF.|rrr.|.rF|....  >w
offers:step[review]                    >.|...|+++.|.FF|....  >.|...|rrr.|.FF|....  >w
offers:step[return]                    >.|...|+++.|.FF|....  >.|...|!!!.|.FF|....  >w
offers:step[publish]                   >.|...|FFF.|.FF|....  >.|...|FFF.|.FF|....  >w
offers:step[unpublish]                 >.|...|FFF.|.FF|....  >.|...|FFF.|.FF|....  >w
offers:step[direct]                    >.|...|FFF.|.FF|....  >.|...|FFF.|.FF|....  >w
offers:step[revise]                    >.|...|FFF.|.FF|....  >.|...|FFF.|.FF|....  >w
offers:step[confirm]                   >.|...|FFF.|.FF|....  >.|...|FFF.|.FF|....  >w
offers:step[renew]                     >.|...|FFF.|.FF|....  >.|...|FFF.|.FF|....  >w
offers:step[withdraw]                  >.|...|FFF.|.+F|....  >.|...|FFF.|.!F|....  >w
offers:step[reopen]                    >.|...|FFF.|.FF|....  >.|...|FFF.|.FF|....  >w
offers:step[merge]                     >.|...|+++.|.FF|....  >.|...|!!!.|.FF|....  >w
offers:list                            >+|+++|++++|+++|++++  >w|www|wwww|www|wwww  >w
offers:export                          >+|+++|++++|+++|++++  >w|www|wwww|www|wwww  >w
offers:batch                           >w|www|wwww|www|wwww  >c|ccc|cccc|ccc|cccc  >w
offers:start                           >F|+++|++++|F++|FFFF  >F|+++|++++|F++|FFFF  >w

# parties
parties:organisation                   >+|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
parties:change_organisation            >.|++.|+++.|...|...+  >.|++.|+++.|...|...+  ww
parties:merge_organisation             >.|...|+++.|...|...+  >.|...|!!!.|...|...!  ww
parties:new_team                       >.|...|+++.|...|...+  >.|...|+++.|...|...+  ww
parties:keep_apart                     ww|www|wwww|www|wwww  >F|FFF|rrrF|FFF|FFFr  ww
parties:team                           >+|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
parties:change_team                    >.|...|+++.|.+.|...+  >.|...|+++.|.+.|...+  ww
parties:confirm_team                   ww|www|wwww|www|wwww  >.|...|rrr.|.r.|...r  ww
parties:dissolve_team                  >.|...|+++.|.+.|...+  >.|...|+++.|.+.|...+  ww
parties:add_team_member                >.|...|+++.|.+.|...+  >.|...|+++.|.+.|...+  ww
parties:end_team_member                ww|www|wwww|www|wwww  >.|...|rrr.|.r.|...r  ww
parties:mechanism                      >+|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
parties:change_mechanism               >.|...|+.+.|...|...+  >.|...|+.+.|...|...+  ww
parties:admit_member                   >.|...|+.+.|...|...+  >.|...|+.+.|...|...+  ww
parties:appoint                        >.|...|+.+.|...|...+  >.|...|+.+.|...|...+  ww
parties:release_member                 ww|www|wwww|www|wwww  >.|...|r.r.|...|...r  ww
parties:relieve                        ww|www|wwww|www|wwww  >.|...|r.r.|...|...r  ww
parties:person                         >.|++.|+++.|...|...+  ww|www|wwww|www|wwww  ww
parties:grant                          >.|++.|+++.|...|...+  >.|++.|+++.|...|...+  ww
parties:suspend                        >.|...|+++.|...|...+  >.|...|+++.|...|...+  ww
parties:restore                        ww|www|wwww|www|wwww  >.|...|ccc.|...|...c  ww
parties:revoke                         >.|++.|+++.|...|...+  >.|++.|+++.|...|...+  ww
parties:invitation                     >.|++.|+++.|...|...+  ww|www|wwww|www|wwww  ww
parties:renew_invitation               ww|www|wwww|www|wwww  >.|rr.|rrr.|...|...r  ww
parties:withdraw_invitation            ww|www|wwww|www|wwww  >.|rr.|rrr.|...|...r  ww
parties:accept[open]                   ++|+++|++++|+++|++++  ++|+++|++++|+++|++++  ww
parties:accept[forged]                 gg|ggg|gggg|ggg|gggg  gg|ggg|gggg|ggg|gggg  ww
parties:organisations                  >+|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
parties:new_organisation               >.|...|++++|...|...+  >.|...|++++|...|...+  ww
parties:export_organisations           >+|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
parties:duplicates                     >.|...|++++|...|...+  ww|www|wwww|www|wwww  ww
parties:teams                          >+|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
parties:export_teams                   >+|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
parties:mechanisms                     >+|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
parties:new_mechanism                  >.|...|++++|...|...+  >.|...|++++|...|...+  ww
parties:people                         >.|+++|++++|++.|...+  ww|www|wwww|www|wwww  ww
parties:invite                         >.|+++|++++|++.|...+  >.|+++|++++|++.|...+  ww
parties:account                        >+|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
parties:change_account                 >+|+++|++++|+++|++++  >+|+++|++++|+++|++++  ww
parties:end_sessions                   ww|www|wwww|www|wwww  >r|rrr|rrrr|rrr|rrrr  ww

# imports
imports:batch                          >.|+..|....|...|....  >w|www|wwww|www|wwww  >w
imports:map                            >w|www|wwww|www|wwww  >.|!..|....|...|....  >w
imports:again                          >w|www|wwww|www|wwww  >.|r..|....|...|....  >w
imports:confirm                        >w|www|wwww|www|wwww  >.|r..|....|...|....  >w
imports:retry                          >w|www|wwww|www|wwww  >.|r..|....|...|....  >w
imports:give_up                        >w|www|wwww|www|wwww  >.|r..|....|...|....  >w
imports:records                        >.|...|....|...|....  >w|www|wwww|www|wwww  >w
imports:undo                           >w|www|wwww|www|wwww  >.|c..|....|...|....  >w
imports:discard                        >w|www|wwww|www|wwww  >.|r..|....|...|....  >w
imports:marked                         >.|+..|....|...|....  >w|www|wwww|www|wwww  >w
imports:upload[demands]                >F|+++|++++|F+F|FFFF  >F|!!!|!!!!|F!F|FFFF  >w
imports:template[demands]              >F|+++|++++|F+F|FFFF  >w|www|wwww|www|wwww  >w
imports:upload[offers]                 >F|+++|++++|F++|FFFF  >F|!!!|!!!!|F!!|FFFF  >w
imports:template[offers]               >F|+++|++++|F++|FFFF  >w|www|wwww|www|wwww  >w
imports:upload[organisations]          >F|FFF|++++|FFF|FFF+  >F|FFF|!!!!|FFF|FFF!  >w
imports:template[organisations]        >F|FFF|++++|FFF|FFF+  >w|www|wwww|www|wwww  >w
imports:upload[teams]                  >F|FFF|++++|F+F|FFF+  >F|FFF|!!!!|F!F|FFF!  >w
imports:template[teams]                >F|FFF|++++|F+F|FFF+  >w|www|wwww|www|wwww  >w
imports:batches                        >+|+++|++++|+++|++++  >w|www|wwww|www|wwww  >w

# matching
matching:candidates                    >.|++.|+++.|...|+...  >w|www|wwww|www|wwww  >w
matching:compare                       >.|++.|+++.|...|+...  >w|www|wwww|www|wwww  >w
matching:run_demand                    >w|www|wwww|www|wwww  >.|cc.|ccc.|...|c...  >w
matching:offer                         >.|...|+++.|.++|....  >w|www|wwww|www|wwww  >w
matching:run_offer                     >w|www|wwww|www|wwww  >F|FFF|cccF|Fcc|cFFF  >w
matching:suggestion                    >.|++.|+++.|.++|+...  >w|www|wwww|www|wwww  >w
matching:replay                        >w|www|wwww|www|wwww  >.|++.|+++.|.++|+...  >w
matching:take_up                       >w|www|wwww|www|wwww  >.|cc.|rcc.|...|c...  >w
matching:answer[open]                  ++|+++|++++|+++|++++  !!|!!!|!!!!|!!!|!!!!  ww
matching:answer[forged]                cc|ccc|cccc|ccc|cccc  cc|ccc|cccc|ccc|cccc  ww
matching:match                         >.|++.|+++.|.++|....  >w|www|wwww|www|wwww  >w
matching:claim                         >w|www|wwww|www|wwww  >.|cc.|rcc.|.FF|....  >w
matching:step[answer]                  >.|++.|FFF.|.+F|....  >.|!!.|FFF.|.!F|....  >w
matching:step[contact]                 >.|FF.|+++.|.FF|....  >.|FF.|!!!.|.FF|....  >w
matching:step[ask]                     >.|FF.|+++.|.FF|....  >.|FF.|!!!.|.FF|....  >w
matching:step[talks]                   >.|FF.|+++.|.FF|....  >.|FF.|rrr.|.FF|....  >w
matching:step[meet]                    >.|FF.|+++.|.FF|....  >.|FF.|!!!.|.FF|....  >w
matching:step[intend]                  >.|FF.|FFF.|.FF|....  >.|FF.|FFF.|.FF|....  >w
matching:step[task]                    >.|FF.|+++.|.FF|....  >.|FF.|!!!.|.FF|....  >w
matching:step[hand-over]               >.|FF.|+++.|.FF|....  >.|FF.|!!!.|.FF|....  >w
matching:step[resume]                  >.|FF.|FFF.|.FF|....  >.|FF.|FFF.|.FF|....  >w
matching:step[decline]                 >.|++.|+++.|.+F|....  >.|!!.|!!!.|.!F|....  >w
matching:recall                        >w|www|wwww|www|wwww  >.|FF.|rrr.|.FF|....  >w
matching:task[done]                    >.|...|+++.|...|....  >.|...|rrr.|...|....  >w
matching:task[drop]                    >.|...|+++.|...|....  >.|...|!!!.|...|....  >w
matching:run                           >.|...|..+.|...|....  >w|www|wwww|www|wwww  >w
matching:model                         >.|...|++++|+..|+..+  >w|www|wwww|www|wwww  >w
matching:restore_model                 >w|www|wwww|www|wwww  >.|...|FFcF|F..|F..c  >w
matching:plan                          >.|...|+.+.|...|....  >w|www|wwww|www|wwww  >w
matching:adjust_plan                   >w|www|wwww|www|wwww  >.|...|c.c.|...|....  >w
matching:confirm_plan                  >w|www|wwww|www|wwww  >.|...|r.r.|...|....  >w
matching:discard_plan                  >w|www|wwww|www|wwww  >.|...|r.r.|...|....  >w
matching:export_plan                   >.|...|+.+.|...|....  >w|www|wwww|www|wwww  >w
matching:chain                         >+|+++|++++|+++|++++  >w|www|wwww|www|wwww  >w
matching:chain_records                 >.|...|....|...|....  >w|www|wwww|www|wwww  >w
matching:list                          >+|+++|++++|+++|++++  >w|www|wwww|www|wwww  >w
matching:chains                        >+|+++|++++|+++|++++  >w|www|wwww|www|wwww  >w
matching:export                        >+|+++|++++|+++|++++  >w|www|wwww|www|wwww  >w
matching:exposure                      >.|...|++++|+..|+.+.  >w|www|wwww|www|wwww  >w
matching:export_exposure               >.|...|++++|+..|+.+.  >w|www|wwww|www|wwww  >w
matching:exposure_records              >.|...|....|...|....  >w|www|wwww|www|wwww  >w
matching:judge                         >w|www|wwww|www|wwww  >.|...|....|...|....  >w
matching:models                        >.|...|++++|+..|+..+  >w|www|wwww|www|wwww  >w
matching:learn                         >w|www|wwww|www|wwww  >.|...|..r.|...|...r  >w
matching:run_all                       >w|www|wwww|www|wwww  >F|FFF|FFcF|FFF|FFFF  >w
matching:plans                         >.|...|++++|...|....  >.|...|++++|...|....  >w
matching:runs                          >.|...|++++|+..|+...  >w|www|wwww|www|wwww  >w
matching:tasks                         >+|+++|++++|+++|++++  >w|www|wwww|www|wwww  >w
matching:verdicts                      >.|...|++++|+..|+...  >w|www|wwww|www|wwww  >w

# site
notices:read                           ww|www|wwww|www|wwww  >.|r..|....|...|....  ww
notices:off                            cc|ccc|cccc|ccc|cccc  cc|ccc|cccc|ccc|cccc  ww
notices:list                           >+|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
notices:read_all                       ww|www|wwww|www|wwww  >r|rrr|rrrr|rrr|rrrr  ww
notices:settings                       >+|+++|++++|+++|++++  >+|+++|++++|+++|++++  ww
files:attach[offer_draft]              >.|...|....|.+F|....  >.|...|....|.!F|....  >w
files:attach[offer]                    >.|...|+++.|.FF|....  >.|...|!!!.|.FF|....  >w
files:download                         >.|...|....|.++|....  >w|www|wwww|www|wwww  >w
files:withdraw                         >.|...|....|.+F|....  >.|...|....|.+F|....  >w
kernel:job                             >.|+..|....|...|....  >w|www|wwww|www|wwww  >w
kernel:cancel                          >w|www|wwww|www|wwww  >.|r..|....|...|....  >w
registry:region                        ++|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
registry:industry                      ++|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
registry:discipline                    ++|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
registry:chain                         ++|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
account_confirm_email                  ++|+++|++++|+++|++++  ..|...|....|...|....  ww
account_reset_password_from_key        ++|+++|++++|+++|++++  ++|+++|++++|+++|++++  ++
desk:desk                              ++|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
search:results                         >+|+++|++++|+++|++++  >w|www|wwww|www|wwww  >w
registry:home                          ++|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
registry:regions                       ++|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
registry:industries                    ++|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
registry:disciplines                   ++|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
registry:chains                        ++|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
registry:kinds                         ++|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
registry:days                          ++|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
ledger:entries                         >.|...|..+.|...|...+  >w|www|wwww|www|wwww  >w
kernel:jobs                            >+|+++|++++|+++|++++  >w|www|wwww|www|wwww  >w
account_login                          +r|rrr|rrrr|rrr|rrrr  +r|rrr|rrrr|rrr|rrrr  +r
account_logout                         r+|+++|++++|+++|++++  rr|rrr|rrrr|rrr|rrrr  ww
account_inactive                       ++|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
account_signup                         +r|rrr|rrrr|rrr|rrrr  +r|rrr|rrrr|rrr|rrrr  +r
account_reauthenticate                 >F|FFF|FFFF|FFF|FFFF  >F|FFF|FFFF|FFF|FFFF  >F
account_email                          >+|+++|++++|+++|++++  >r|rrr|rrrr|rrr|rrrr  >r
account_email_verification_sent        ++|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
account_change_password                >r|rrr|rrrr|rrr|rrrr  >r|rrr|rrrr|rrr|rrrr  >r
account_set_password                   >+|+++|++++|+++|++++  >+|+++|++++|+++|++++  >+
account_reset_password                 ++|+++|++++|+++|++++  ++|+++|++++|+++|++++  ++
account_confirm_login_code             >r|rrr|rrrr|rrr|rrrr  >r|rrr|rrrr|rrr|rrrr  >r
account_reset_password_from_key_done   ++|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
account_reset_password_done            ++|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
mfa_index                              >+|+++|++++|+++|++++  >w|www|wwww|www|wwww  >w
mfa_authenticate                       >r|rrr|rrrr|rrr|rrrr  >r|rrr|rrrr|rrr|rrrr  >r
mfa_reauthenticate                     >F|FFF|FFFF|FFF|FFFF  >F|FFF|FFFF|FFF|FFFF  >F
mfa_activate_totp                      >+|+++|++++|+++|++++  >+|+++|++++|+++|++++  >+
mfa_deactivate_totp                    >.|...|....|...|....  >.|...|....|...|....  >.
mfa_view_recovery_codes                >.|...|....|...|....  >w|www|wwww|www|wwww  >w
mfa_generate_recovery_codes            >+|+++|++++|+++|++++  >+|+++|++++|+++|++++  >+
mfa_download_recovery_codes            >.|...|....|...|....  >.|...|....|...|....  >.
size                                   ww|www|wwww|www|wwww  rr|rrr|rrrr|rrr|rrrr  ww
set_language                           rr|rrr|rrrr|rrr|rrrr  rr|rrr|rrrr|rrr|rrrr  rr
favicon                                ++|+++|++++|+++|++++  ww|www|wwww|www|wwww  ww
"""
