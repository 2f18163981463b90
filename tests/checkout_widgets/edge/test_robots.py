"""Which user agents are crawlers, which are driven by a program, and which belong to shoppers."""

import re

import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from checkout_widgets.edge import robots

WEBKIT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 14; SM-S918B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0"
SHOPPERS = [
    f"{WEBKIT} Version/18.6 Mobile/15E148 Safari/604.1",
    f"{WEBKIT} GSA/320.0.640000000 Mobile/15E148 Safari/604.1",
    f"{WEBKIT} Mobile/15E148 [FBAN/FBIOS;FBAV/480.0.0.40.108;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBLC/en_US;FBOP/80]",
    f"{WEBKIT} Mobile/15E148 [Pinterest/iOS]",
    f"{WEBKIT} Mobile/15E148 Snapchat/12.90.0.40 (like Safari/8618.2.12.10.9, panda)",
    f"{WEBKIT} Mobile/15E148 LinkedInApp/9.29",
    f"{WEBKIT} Mobile/15E148 musical_ly_35.0.0 JsSdk/2.0 NetType/WIFI ByteLocale/en BytedanceWebview/d8a21c6",
    f"{ANDROID} Chrome/140.0.0.0 Mobile Safari/537.36 Instagram 345.0.0.36.111 Android (34/14; 480dpi; samsung)",
    f"{ANDROID} Chrome/140.0.0.0 Mobile Safari/537.36 Line/14.0.0/IAB",
    f"{ANDROID} Chrome/140.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.2 NAVER(inapp; search; 1000) KAKAOTALK 10",
    "Mozilla/5.0 (Linux; Android 13; CUBOT X50) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 11; KFTRWI) AppleWebKit/537.36 Silk/128.5 like Chrome/128.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Edg/140.0.0.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.4 DuckDuckGo/7",
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 OPR/114.0.0.0",
    "",
]


@pytest.mark.parametrize("user_agent", SHOPPERS)
def test_a_shoppers_browser_is_neither(user_agent):
    assert (robots.is_crawler(user_agent), robots.is_automated(user_agent)) == (False, False)


@pytest.mark.parametrize(
    "user_agent",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)",
        "Mozilla/5.0 (Linux; Android 11) AppleWebKit/537.36 Chrome/125.0 Mobile Safari/537.36 Chrome-Lighthouse",
        "Mediapartners-Google",
        "Mozilla/5.0 (compatible; a-bot-that-nobody-knows/0.1)",
        "Some new crawler",
    ],
)
def test_what_reads_pages_by_itself_is_a_crawler(user_agent):
    assert robots.is_crawler(user_agent)


@pytest.mark.parametrize(
    "user_agent",
    [
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1",
        "python-requests/2.32",
        "Go-http-client/1.1",
        "okhttp/4.9.3",
        "axios/1.7.2",
        "curl/8.5.0",
        "Wget/1.21.4",
    ],
)
def test_what_a_program_drives_is_automated_and_no_crawler(user_agent):
    assert (robots.is_automated(user_agent), robots.is_crawler(user_agent)) == (True, False)


def test_user_agent_without_end_is_kept_and_searched_up_to_a_bound():
    robots.named_in.cache_clear()
    assert not robots.is_crawler("x" * 100_000)
    assert not robots.is_crawler("x" * 200_000)
    assert robots.named_in.cache_info().currsize == 1


@pytest.mark.slow
def test_names_are_found_in_exactly_the_user_agents_that_the_list_gives_for_them():
    known = [user_agent for entry in CRAWLER_USER_AGENTS_DATA for user_agent in entry["instances"]]
    assert len(known) > 2_000
    names = robots.ProgramNames([entry["pattern"] for entry in CRAWLER_USER_AGENTS_DATA])
    assert [user_agent for user_agent in known if not names.are_in(user_agent)] == []
    missed = [agent for agent in known if not (robots.is_crawler(agent) or robots.is_automated(agent))]
    assert missed == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("Slurp", "Slurp"), (r"Googlebot\/", "Googlebot/"), (r"grub\.org", "grub.org"), ("[wW]get", None), (r"a\d", None)],
)
def test_literal_is_the_one_text_that_a_pattern_finds(pattern, text):
    assert robots.literal_text(pattern) == text


def test_tree_finds_the_texts_and_nothing_else():
    tree = re.compile(robots.prefix_pattern(["ab", "abc", "b.c", "ad"]))
    assert all(tree.fullmatch(text) for text in ("ab", "b.c", "ad"))
    assert not any(tree.search(text) for text in ("a", "ac", "bxc", ""))
