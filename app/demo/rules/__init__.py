"""How the demo park comes about: everything follows from the order, and nothing else does."""

from app.demo.rules.chance import demo_id, stream, weighted
from app.demo.rules.companies import CompanyPlan, System, company_plans
from app.demo.rules.days import CompanyDays, company_days, holiday_of
from app.demo.rules.groups import GroupPlan
from app.demo.rules.names import NameBook, name_book
from app.demo.rules.order import DemoOrder, NotEmpty, TooSmall
from app.demo.rules.people import Cast, PersonPlan, cast_of, company_people
from app.demo.rules.stories import Absent, Act, Answered, Cleared, Signs
from app.demo.rules.telling import StoryTeller, Words
from app.demo.rules.units import UnitPlan, unit_plans

__all__ = [
    "Absent",
    "Act",
    "Answered",
    "Cast",
    "Cleared",
    "CompanyDays",
    "CompanyPlan",
    "DemoOrder",
    "GroupPlan",
    "NameBook",
    "NotEmpty",
    "PersonPlan",
    "Signs",
    "StoryTeller",
    "System",
    "TooSmall",
    "UnitPlan",
    "Words",
    "cast_of",
    "company_days",
    "company_people",
    "company_plans",
    "demo_id",
    "holiday_of",
    "name_book",
    "stream",
    "unit_plans",
    "weighted",
]
