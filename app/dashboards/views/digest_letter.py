"""The weekly digest as a letter, in the language of its reader."""

from flask_babel import force_locale, gettext, ngettext

from app.dashboards.rules.digests import Change, Digest
from app.dashboards.views.compliance_words import reason_text
from app.web.filters import day, percent
from app.web.language import current_language


def digest_letter(digest: Digest, park: str, locale: str) -> tuple[str, str]:
    """Subject and text of a digest."""
    with force_locale(locale):
        return _subject(digest), _text(digest, park)


def _week(digest: Digest) -> dict[str, str]:
    period = digest.period
    return {
        "from_on": day(period.from_on, year=False),
        "to_on": day(period.to_on, year=False),
    }


def _subject(digest: Digest) -> str:
    if digest.share is None:
        return str(gettext("Bản tin tuần %(from_on)s–%(to_on)s: không có dữ liệu", **_week(digest)))
    share = percent(digest.share, current_language())
    return str(
        gettext(
            "Bản tin tuần %(from_on)s–%(to_on)s: %(share)s đã khai báo",
            share=share,
            **_week(digest),
        )
    )


def _text(digest: Digest, park: str) -> str:
    lines = [park, "", *_whole(digest), ""]
    if digest.changes:
        count = len(digest.changes)
        lines += [
            ngettext(
                "%(num)d doanh nghiệp thay đổi nhiều:",
                "%(num)d doanh nghiệp thay đổi nhiều:",
                count,
            ),
            *(_line(each) for each in digest.changes),
            "",
        ]
    lines += [
        gettext("Xem đầy đủ trong ứng dụng: Tuân thủ, Bản tin tuần."),
        gettext("Không muốn nhận thư nữa thì xoá địa chỉ ở trang Bản tin tuần."),
        "",
    ]
    return "\n".join(str(line) for line in lines)


def _whole(digest: Digest) -> list[str]:
    language = current_language()
    if digest.share is None:
        return []
    whole = gettext("Toàn khu: %(share)s đã khai báo.", share=percent(digest.share, language))
    if digest.before is None:
        return [str(whole)]
    before = percent(digest.before, language)
    return [str(whole), str(gettext("Tuần trước: %(share)s.", share=before))]


def _line(change: Change) -> str:
    language = current_language()
    share, before = percent(change.share, language), percent(change.before, language)
    told = gettext(
        "- %(company)s: %(share)s, tuần trước %(before)s.",
        company=change.name,
        share=share,
        before=before,
    )
    reasons = "; ".join(reason_text(reason) for reason in change.reasons)
    return f"{told} {reasons}." if reasons else str(told)
