"""What the risk index is refused for."""

from app.kernel.refusals import Refusal


class BrokenSet(Refusal):
    """The set lacks something, or what stands there cannot be read; `where` names it."""

    code = "risk.set_unreadable"


class RepeatedId(Refusal):
    """Two components or bands of a set have one name; `where`."""

    code = "risk.set_repeats"


class BandsHaveHole(Refusal):
    """Between two bands, or at an end, there are percentages that belong to none; `where`."""

    code = "risk.bands_have_hole"


class BandsOverlap(Refusal):
    """A percentage belongs to two bands; `where`."""

    code = "risk.bands_overlap"


class OptionsHaveHole(Refusal):
    """Between two options of a measured component lies a value that belongs to none; `where`."""

    code = "risk.options_have_hole"


class OptionsOverlap(Refusal):
    """A measured value belongs to two options; `where`."""

    code = "risk.options_overlap"


class OptionAboveMaximum(Refusal):
    """An option gives more points than its component has at most; `where`."""

    code = "risk.option_above_maximum"


class MaximaDoNotAddUp(Refusal):
    """The maxima of the components add up to `total`, not to the set's `wanted`."""

    code = "risk.maxima_do_not_add_up"


class UnknownSet(Refusal):
    """There is no such index set."""

    code = "risk.unknown_set"
    status = 404


class SetNotInForce(Refusal):
    """The set counts from `from_on` only."""

    code = "risk.set_not_in_force"


class SetWithdrawn(Refusal):
    """The set was taken out of use."""

    code = "risk.set_withdrawn"
    status = 409


class UnknownComponent(Refusal):
    """The set has no component of this name; `where`."""

    code = "risk.unknown_component"


class ComponentMissing(Refusal):
    """Not every component has its points yet: `count` are missing, the first is `where`."""

    code = "risk.component_missing"


class PointsAboveMaximum(Refusal):
    """More points than the component has at most; `where`, `maximum`."""

    code = "risk.points_above_maximum"


class PointsUnreadable(Refusal):
    """Not a number of points, zero or more; `where`."""

    code = "risk.points_unreadable"


class MaximumMissing(Refusal):
    """The maximum of this component is not known; it must be copied from the signed form."""

    code = "risk.maximum_missing"


class OtherMaximum(Refusal):
    """The set gives this component another maximum; `where`, `maximum`."""

    code = "risk.other_maximum"


class NotAnOption(Refusal):
    """The component is scored by one of its options, and this is none of them; `where`."""

    code = "risk.not_an_option"


class OutsideTable(Refusal):
    """No option of the published table holds this measured value; `where`."""

    code = "risk.outside_table"


class SavedMeanwhile(Refusal):
    """Somebody else saved the assessment since this page was opened; `name`, `at`."""

    code = "risk.saved_meanwhile"
    status = 409


class FigureChanged(Refusal):
    """The live figure that was confirmed gives other points by now; `where`."""

    code = "risk.figure_changed"
    status = 409


class DayAhead(Refusal):
    """Nothing is assessed on a day that has not come."""

    code = "risk.day_ahead"


class FileUnreadable(Refusal):
    """The file is no assessment as this program reads it; `where` names the part."""

    code = "risk.file_unreadable"


class SameSet(Refusal):
    """The set says what its newest version, `version`, says already."""

    code = "risk.same_set"
    status = 409
