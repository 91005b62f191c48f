"""Tables of the network, one file per group."""

from yipan.base.network.models.clinical import Alliance, Department, Specialty, SpecialtySimilarity
from yipan.base.network.models.distances import Road, Walk
from yipan.base.network.models.organisations import Organisation, OrganisationKind, Site
from yipan.base.network.models.policies import Policy
from yipan.base.network.models.uploads import Upload
from yipan.base.network.models.version import NetworkVersion
from yipan.base.network.models.wards import Bed, Isolation, LevelOfCare, Room, SexPolicy, Ward, WardCompetence

__all__ = [
    "Alliance",
    "Bed",
    "Department",
    "Isolation",
    "LevelOfCare",
    "NetworkVersion",
    "Organisation",
    "OrganisationKind",
    "Policy",
    "Road",
    "Room",
    "SexPolicy",
    "Site",
    "Specialty",
    "SpecialtySimilarity",
    "Upload",
    "Walk",
    "Ward",
    "WardCompetence",
]
