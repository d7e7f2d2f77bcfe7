"""Plots as SVG made on the server: colour by class, geometry by attribute, a finding as name."""

from flask import Flask

from app.web.charts.bars import columns, stacked
from app.web.charts.heat import heat_axis, heat_row, share_depth
from app.web.charts.line import line, spark
from app.web.charts.points import NO_DATA, Point

__all__ = [
    "NO_DATA",
    "Point",
    "columns",
    "heat_axis",
    "heat_row",
    "line",
    "register",
    "share_depth",
    "spark",
    "stacked",
]


def register(app: Flask) -> None:
    """Make the plots known to templates; macros in components/chart-*.html stand before them."""
    app.jinja_env.globals.update(
        chart_columns=columns,
        chart_heat_axis=heat_axis,
        chart_heat_row=heat_row,
        chart_line=line,
        chart_spark=spark,
        chart_stacked=stacked,
    )
